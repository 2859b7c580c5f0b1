using System.Text;

namespace PrivChain.Attestation;

/// <summary>
/// Evidence as received: parsed, nothing verified. The envelope is <c>PCEV</c>, one byte length and the ASCII name of the kind, then the body in the format's own layout, to the end.
/// </summary>
public sealed class ReceivedEvidence
{
    /// <summary>Largest evidence in bytes.</summary>
    public const int MaxSize = 64 * 1024;

    private static ReadOnlySpan<byte> Magic => "PCEV"u8;

    private ReceivedEvidence(string kind, IEvidenceBody body, byte[] bytes)
    {
        Kind = kind;
        Body = body;
        Bytes = bytes;
    }

    /// <summary>The kind that the envelope names.</summary>
    public string Kind { get; }

    /// <summary>The bytes as received.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    internal IEvidenceBody Body { get; }

    /// <summary>Step one: bytes to fields.</summary>
    public static AttestationVerdict<ReceivedEvidence> Parse(ReadOnlySpan<byte> evidence)
    {
        if (evidence.Length > MaxSize)
        {
            return Refuse(AttestationRefusal.TooLarge, "length", $"at most {MaxSize} bytes", $"{evidence.Length}");
        }

        if (!evidence.StartsWith(Magic) || evidence.Length < Magic.Length + 1 || evidence.Length < Magic.Length + 1 + evidence[Magic.Length])
        {
            return Refuse(AttestationRefusal.Malformed, "envelope", "PCEV and a kind", "something else");
        }

        var kindBytes = evidence.Slice(Magic.Length + 1, evidence[Magic.Length]);
        var body = evidence[(Magic.Length + 1 + kindBytes.Length)..];
        if (!kindBytes.SequenceEqual(Encoding.ASCII.GetBytes(EvidenceKind.Simulated)))
        {
            return Refuse(AttestationRefusal.UnknownVersion, "kind", EvidenceKind.Simulated, "another kind");
        }

        return Simulated.SimulatedBody.TryParse(body, out var parsed)
            ? new AttestationVerdict<ReceivedEvidence>(new ReceivedEvidence(EvidenceKind.Simulated, parsed, evidence.ToArray()))
            : Refuse(AttestationRefusal.Malformed, "body", "the layout of " + EvidenceKind.Simulated, $"{body.Length} bytes of another");
    }

    internal static byte[] Wrap(string kind, ReadOnlySpan<byte> body)
    {
        var name = Encoding.ASCII.GetBytes(kind);
        return [.. Magic, (byte)name.Length, .. name, .. body];
    }

    private static AttestationVerdict<ReceivedEvidence> Refuse(AttestationRefusal reason, string field, string wanted, string given) =>
        new(new AttestationFault(reason, AttestationStep.Parse, field, wanted, given));
}
