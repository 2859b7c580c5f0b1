using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Roots;
using PrivChain.Attestation.EventLogs;
using PrivChain.Attestation.Simulated;
using PrivChain.Attestation.Tpm;

namespace PrivChain.Fuzz.Attestation;

/// <summary>Evidence of every format: parsed, shown field by field, and authenticated with the vendors' roots and no collateral, so that the code behind parsing sees hostile bytes too.</summary>
internal static class EvidenceHarnesses
{
    private static readonly DateTimeOffset _at = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly AuthenticationContext _context = new(new RootSet(VendorRoots.All), _at);

    public static IReadOnlyList<Harness> All { get; } =
    [
        .. EvidenceFormats.All.Select(Of),
        new Harness("evidence-any", bytes => Took(ReceivedEvidence.ParseAny(bytes))),
        new Harness("evidence-envelope", bytes => Took(ReceivedEvidence.Parse(bytes)), Envelopes),
        Harness.OfOneEncoding("evidence-parts", bytes => EvidenceParts.TryParse(bytes, out var parts) ? parts.ToArray() : null, () => [EvidenceParts.Of(new byte[3]).ToArray()]),
        Harness.OfOneEncoding("endorsed-evidence", bytes => EndorsedEvidence.TryParse(bytes, out var evidence) ? evidence.ToArray() : null),
        new Harness("event-log", bytes => EventLog.TryParse(bytes, out _)),
        new Harness("pcr-values", bytes => PcrValues.TryParse(bytes, out _)),
        new Harness("tpm-attest", bytes => TpmAttest.TryParse(bytes, out _)),
        new Harness("tpm-public", bytes => TpmPublic.TryParse(bytes, out _)),
    ];

    private static Harness Of(IEvidenceFormat format) => new("evidence-" + format.Kind, bytes => Took(Parse(format, bytes)), () => format.Kind == EvidenceKind.Simulated ? [Simulated()[(5 + EvidenceKind.Simulated.Length)..]] : format.OtherParts.Count == 0 ? [] : [EvidenceParts.Of(new byte[8]).ToArray()]);

    // A file of the corpus is a main part alone; what the search makes of several parts has their layout.
    private static PrivChain.Attestation.AttestationVerdict<ReceivedEvidence> Parse(IEvidenceFormat format, byte[] bytes)
    {
        _ = format.Recognises(bytes);
        return ReceivedEvidence.Parse(format.Kind, format.OtherParts.Count > 0 && EvidenceParts.TryParse(bytes, out var parts) ? parts : EvidenceParts.Of(bytes));
    }

    private static bool Took(PrivChain.Attestation.AttestationVerdict<ReceivedEvidence> received)
    {
        if (!received.Accepted)
        {
            return false;
        }

        _ = received.Value.Fields.ToDictionary(field => field.Name, StringComparer.Ordinal);
        _ = received.Value.CollateralRequest;
        _ = AuthenticEvidence.Authenticate(received.Value, _context);
        return true;
    }

    // In its envelope: PCEV, the length of the kind's name, the name.
    private static byte[] Simulated()
    {
        using var root = SimulatedRoot.Generate();
        return root.Issue(new byte[48], 1, debug: false, new byte[64], (ulong)_at.ToUnixTimeMilliseconds());
    }

    private static IEnumerable<byte[]> Envelopes()
    {
        yield return Simulated();
        yield return ReceivedEvidence.Wrap(EvidenceKind.Tpm, EvidenceParts.Of(new byte[8]));
    }
}
