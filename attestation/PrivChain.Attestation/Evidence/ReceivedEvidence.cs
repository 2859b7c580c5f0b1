using System.Security.Cryptography;
using System.Text;
using PrivChain.Attestation.Bytes;
using PrivChain.Attestation.Collateral;

namespace PrivChain.Attestation.Evidence;

/// <summary>
/// Evidence as received: parsed, nothing verified. Between our own programs it travels in an envelope: <c>PCEV</c>, one byte length and the ASCII name of the kind, then the body to the end: the format's own bytes, or for
/// a kind that has several parts <see cref="EvidenceParts"/>.
/// </summary>
public sealed class ReceivedEvidence
{
    /// <summary>Largest evidence of any kind in bytes; each format has a limit of its own below.</summary>
    public const int MaxSize = 2 * 1024 * 1024;

    private const int MaxWrappers = 3;

    private static ReadOnlySpan<byte> Magic => "PCEV"u8;

    private byte[]? _digest;

    private ReceivedEvidence(string kind, IEvidenceBody body, EvidenceParts parts)
    {
        Kind = kind;
        Body = body;
        Parts = parts;
    }

    /// <summary>The kind that the envelope or the caller names, or that the bytes look like.</summary>
    public string Kind { get; }

    /// <summary>The bytes as received, by part.</summary>
    public EvidenceParts Parts { get; }

    /// <summary>SHA-256 of <see cref="Parts"/> in their layout, made when somebody asks: a boot log has megabytes.</summary>
    public ReadOnlyMemory<byte> Digest => _digest ??= SHA256.HashData(Parts.ToArray());

    /// <summary>Every decoded field, for people. Nothing about it is verified.</summary>
    public IReadOnlyList<EvidenceField> Fields => Body.Fields;

    /// <summary>The collateral that verification will want, or null.</summary>
    public CollateralRequest? CollateralRequest => Body.Request;

    internal IEvidenceBody Body { get; }

    /// <summary>Step one for an envelope: bytes to fields.</summary>
    public static AttestationVerdict<ReceivedEvidence> Parse(ReadOnlySpan<byte> envelope)
    {
        if (envelope.Length > MaxSize)
        {
            return Refuse(AttestationRefusal.TooLarge, "length", $"at most {MaxSize} bytes", $"{envelope.Length}");
        }

        var reader = new ByteReader(envelope);
        var hasMagic = reader.Take(Magic.Length).SequenceEqual(Magic);
        var kind = Encoding.Latin1.GetString(reader.Take(reader.Byte()));
        if (!hasMagic || reader.Failed)
        {
            return Refuse(AttestationRefusal.Malformed, "envelope", "PCEV and a kind", "something else");
        }

        if (EvidenceFormats.Of(kind) is not { } format)
        {
            return Refuse(AttestationRefusal.UnknownVersion, "kind", string.Join(", ", EvidenceFormats.All.Select(known => known.Kind)), "another kind");
        }

        var body = reader.TakeRest();
        if (format.OtherParts.Count == 0)
        {
            return Parse(format, EvidenceParts.Of(body.ToArray()));
        }

        return EvidenceParts.TryParse(body, out var parts) ? Parse(format, parts) : Refuse(AttestationRefusal.Malformed, "parts", "named parts in order", $"{body.Length} bytes of another form");
    }

    /// <summary>Step one for parts of a kind that the caller knows.</summary>
    public static AttestationVerdict<ReceivedEvidence> Parse(string kind, EvidenceParts parts) =>
        EvidenceFormats.Of(kind) is { } format
            ? Parse(format, parts)
            : Refuse(AttestationRefusal.UnknownVersion, "kind", string.Join(", ", EvidenceFormats.All.Select(known => known.Kind)), kind);

    /// <summary>Step one for bytes as hardware and services hand them out, envelope or not: the format is told by what they look like, and refused when they look like none. Unsigned wrappers of RATS are taken off.</summary>
    public static AttestationVerdict<ReceivedEvidence> ParseAny(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > MaxSize)
        {
            return Refuse(AttestationRefusal.TooLarge, "length", $"at most {MaxSize} bytes", $"{bytes.Length}");
        }

        if (bytes.StartsWith(Magic))
        {
            return Parse(bytes);
        }

        // Editors end a file with a line end, which is no part of a token in text; no other format that is told by its bytes begins with this letter.
        ReadOnlyMemory<byte> inner = (bytes is [(byte)'e', ..] ? bytes.TrimEnd("\r\n"u8) : bytes).ToArray();
        for (var layer = 0; layer <= MaxWrappers; layer++)
        {
            if (EvidenceFormats.Recognise(inner.Span) is { } format)
            {
                return Parse(format, EvidenceParts.Of(inner));
            }

            if (!ConceptualMessage.TryUnwrap(inner, out var content))
            {
                break;
            }

            if (content.Value.IsEmpty)
            {
                return Refuse(AttestationRefusal.MissingEvidence, "wrapper", "evidence inside", "none");
            }

            inner = content.Value;
        }

        return Refuse(AttestationRefusal.UnsupportedFormat, "evidence", "bytes of a format that is known", "others");
    }

    /// <summary>Parts in an envelope.</summary>
    /// <exception cref="ArgumentException">A kind that is not known.</exception>
    public static byte[] Wrap(string kind, EvidenceParts parts)
    {
        var format = EvidenceFormats.Of(kind) ?? throw new ArgumentException("not a kind of evidence", nameof(kind));
        var name = Encoding.ASCII.GetBytes(kind);
        return [.. Magic, (byte)name.Length, .. name, .. format.OtherParts.Count == 0 ? parts.MainPart.ToArray() : parts.ToArray()];
    }

    private static AttestationVerdict<ReceivedEvidence> Parse(IEvidenceFormat format, EvidenceParts parts)
    {
        if (parts.TotalSize > format.MaxSize)
        {
            return Refuse(AttestationRefusal.TooLarge, "length", $"at most {format.MaxSize} bytes", $"{parts.TotalSize}");
        }

        if (parts.Names.FirstOrDefault(name => name != EvidenceParts.Main && !format.OtherParts.Contains(name, StringComparer.Ordinal)) is { } unknown)
        {
            return Refuse(AttestationRefusal.Malformed, "parts", string.Join(", ", format.OtherParts), unknown);
        }

        var body = format.Parse(parts);
        return body.Accepted
            ? new AttestationVerdict<ReceivedEvidence>(new ReceivedEvidence(format.Kind, body.Value, parts))
            : new AttestationVerdict<ReceivedEvidence>(body.Fault);
    }

    private static AttestationVerdict<ReceivedEvidence> Refuse(AttestationRefusal reason, string field, string wanted, string given) => new(AttestationFault.Parse(field, wanted, given, reason));
}
