using System.Text.Json.Nodes;
using PrivChain.Attestation.Evidence;

namespace PrivChain.Attestation.Tests.Intel;

/// <summary>What must hold for every valid quote, whichever bytes it is made of.</summary>
internal static class QuoteMutations
{
    /// <summary>A changed byte is refused, or changes a decoded field: nothing that counts is unsigned and silent.</summary>
    public static void AssertEachFlip(string name, byte[] evidence, int step, Func<byte[], AttestationVerdict<ReceivedEvidence>> parse, AuthenticationContext context)
    {
        var genuine = AuthenticEvidence.Authenticate(parse(evidence).Value!, context);
        Assert.IsTrue(genuine.Accepted, $"{name}: {genuine.Fault}");
        var length = evidence.Length - genuine.Value.Fields.Single(field => field.Name == "trailing_bytes_after_quote").Value!.GetValue<int>();
        for (var position = 0; position < length; position += step)
        {
            var changed = (byte[])evidence.Clone();
            changed[position] ^= 1;
            var received = parse(changed);
            if (received.Accepted && AuthenticEvidence.Authenticate(received.Value, context) is { Accepted: true } authentic)
            {
                var differing = Differing(genuine.Value.Fields, authentic.Value.Fields);
                Assert.IsNotEmpty(differing, $"{name}: byte {position} changed and nothing shows it");
                Assert.IsTrue(differing.All(field => field == "certification_data_sha256"), $"{name}: byte {position} changed {string.Join(", ", differing)}");
            }
        }
    }

    public static void AssertEachTruncation(string name, byte[] evidence, int length, string kind)
    {
        for (var kept = 0; kept < length; kept++)
        {
            Assert.IsFalse(ReceivedEvidence.Parse(kind, EvidenceParts.Of(evidence.AsMemory(0, kept))).Accepted, $"{name}: accepted {kept} bytes");
        }
    }

    private static List<string> Differing(IReadOnlyList<EvidenceField> genuine, IReadOnlyList<EvidenceField> changed)
    {
        var values = genuine.ToDictionary(field => field.Name, field => field.Value, StringComparer.Ordinal);
        return [.. changed.Where(field => !JsonNode.DeepEquals(values.GetValueOrDefault(field.Name), field.Value)).Select(field => field.Name)];
    }
}
