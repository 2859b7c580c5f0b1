using PrivChain.Attestation.Amd;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Intel;
using PrivChain.Attestation.Nvidia;
using PrivChain.Attestation.OpenEnclave;
using PrivChain.Attestation.Tpm;

namespace PrivChain.Fuzz.Attestation;

/// <summary>Where evidence has bytes that no signature covers, and why that is as its format wants it. A change anywhere else must be refused.</summary>
internal static class UnsignedPlaces
{
    /// <summary>Stands for a DICE chain without its lowest certificates.</summary>
    public const string FewerLayers = "fewer_layers";

    private const string QuoteTrailer = "trailing_bytes_after_quote";

    // Parts that are beside the evidence: vendors' certificates that stand or fall by their own signatures (a root among them counts for nothing, the caller has its own; so does the certificate of a key that the caller
    // trusts itself), event logs, of which digests alone are extended, values of registers that were not quoted, and a report of other hardware that TPM evidence is not judged by.
    private static readonly HashSet<string> _parts = new(StringComparer.Ordinal)
    {
        TdxFormat.EventLogPart, TpmPart.EventLog, TpmPart.Pcrs, TpmPart.AkCertificate, TpmPart.HclReport, NvidiaFormat.ChainPart, OpenEnclaveFormat.EndorsementsPart,
    };

    /// <summary>Decoded fields that show bytes outside of every signature: certificates in a quote, what follows it, an unprotected header, attributes around a trusted key.</summary>
    public static IReadOnlySet<string> Fields { get; } = new HashSet<string>(["certification_data_sha256", QuoteTrailer, "kid", "ak_name", FewerLayers], StringComparer.Ordinal);

    /// <summary>True when both are one text but for its white space, which PEM lets anybody break anew (RFC 7468 section 2).</summary>
    public static bool IsLayout(ReadOnlySpan<byte> genuine, ReadOnlySpan<byte> changed) =>
        genuine.StartsWith("-----BEGIN"u8) && Letters(genuine).AsSpan().SequenceEqual(Letters(changed));

    /// <summary>True when nothing is signed from that byte of that part on, and nothing is taken from there.</summary>
    public static bool Holds(EvidenceTrial trial, string part, int from)
    {
        if (part != EvidenceParts.Main)
        {
            return _parts.Contains(part);
        }

        // Behind a report lies the host's certificate table, behind a quote the zeros that hosts pad it with.
        var end = trial.Kind == EvidenceKind.SevSnp ? SnpReport.Size : trial[QuoteTrailer] is { } trailer ? trial.Parts[part].Length - trailer.GetValue<int>() : int.MaxValue;
        return from >= end;
    }

    private static byte[] Letters(ReadOnlySpan<byte> text) => [.. text.ToArray().Where(letter => letter is not ((byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n'))];
}
