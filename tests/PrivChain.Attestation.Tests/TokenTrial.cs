using System.Text.Json.Nodes;
using PrivChain.Attestation.Collateral;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Roots;

namespace PrivChain.Attestation.Tests;

/// <summary>Parsing, authentication and the asker's nonce in one call, with the verdict's name.</summary>
internal sealed record TokenTrial(string Verdict, ReceivedEvidence? Received, AuthenticEvidence? Authentic, AttestationFault? Fault)
{
    /// <summary>Every field that was decoded, by name.</summary>
    public IReadOnlyDictionary<string, JsonNode?> Fields => (Received?.Fields ?? []).ToDictionary(decoded => decoded.Name, decoded => decoded.Value, StringComparer.Ordinal);

    public static TokenTrial Of(string kind, ReadOnlyMemory<byte> bytes, AuthenticationContext context, byte[]? nonce = null) =>
        Of(ReceivedEvidence.Parse(kind, EvidenceParts.Of(bytes)), context, nonce);

    public static TokenTrial Of(AttestationVerdict<ReceivedEvidence> received, AuthenticationContext context, byte[]? nonce = null)
    {
        if (!received.Accepted)
        {
            return new TokenTrial(VerdictName.Of(received.Fault.Reason), null, null, received.Fault);
        }

        var authentic = AuthenticEvidence.Authenticate(received.Value, context);
        var fault = authentic.Fault ?? (nonce is { } wanted ? ExpectedBinding.Nonce(wanted).Check(authentic.Value!.Claims) : null);
        return fault is null
            ? new TokenTrial(VerdictName.Of(authentic.Value!.Result), received.Value, authentic.Value, null)
            : new TokenTrial(VerdictName.Of(fault.Reason), received.Value, null, fault);
    }

    /// <summary>Flips one bit of the bytes at each place: a flip is refused, or it changes only a field that nobody signed and that is reported. Gives the places of the latter.</summary>
    public static IReadOnlyList<int> Flip(string kind, byte[] bytes, AuthenticationContext context, int step)
    {
        var original = Of(kind, bytes, context);
        Assert.IsNotNull(original.Authentic, original.Fault?.ToString());
        var survivors = new List<int>();
        for (var i = 0; i < bytes.Length; i += step)
        {
            var flipped = (byte[])bytes.Clone();
            flipped[i] ^= (byte)(1 << (i % 7));
            if (Of(kind, flipped, context) is { Authentic: not null } changed)
            {
                Assert.IsTrue(
                    changed.Fields.Any(field => !JsonNode.DeepEquals(field.Value, original.Fields.GetValueOrDefault(field.Key))), $"byte {i} was changed, and no field shows it");
                survivors.Add(i);
            }
        }

        return survivors;
    }

    /// <summary>Every shorter length, and one byte more, is refused.</summary>
    public static void RefusesOtherLengths(string kind, byte[] bytes, AuthenticationContext context)
    {
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.IsFalse(ReceivedEvidence.Parse(kind, EvidenceParts.Of(bytes.AsMemory(0, length))).Accepted && Of(kind, bytes.AsMemory(0, length), context).Authentic is not null, $"accepted {length} of {bytes.Length} bytes");
        }

        Assert.IsNull(Of(kind, (byte[])[.. bytes, 0], context).Authentic);
        Assert.IsNull(Of(kind, (byte[])[.. bytes, .. "\n"u8], context).Authentic);
    }

    public static CollateralSet Collateral(params (string Name, byte[] Bytes)[] items) => new(items.Select(item => KeyValuePair.Create(item.Name, (ReadOnlyMemory<byte>)item.Bytes)));

    /// <summary>Roots of every certificate in PEM text.</summary>
    public static IEnumerable<TrustAnchor> Anchors(string kind, byte[] pem)
    {
        Assert.IsTrue(Attestation.Certificates.PemText.TryReadCertificates(pem, out var certificates));
        foreach (var certificate in certificates)
        {
            Assert.IsTrue(TrustAnchor.TryFromCertificate(kind, certificate, out var anchor));
            yield return anchor;
        }
    }
}
