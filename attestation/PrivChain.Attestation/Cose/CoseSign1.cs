using System.Diagnostics.CodeAnalysis;
using System.Formats.Cbor;
using PrivChain.Attestation.Cbor;
using PrivChain.Attestation.Signatures;

namespace PrivChain.Attestation.Cose;

/// <summary>
/// COSE_Sign1 (RFC 9052 section 4.2), parsed and not verified. The algorithm stands in the protected header and nowhere else; a label in both headers, a critical header and a payload that is elsewhere are refused.
/// </summary>
internal sealed class CoseSign1
{
    /// <summary>The CBOR tag of COSE_Sign1.</summary>
    public const ulong Tag = 18;

    private const long AlgorithmLabel = 1;
    private const long CriticalLabel = 2;
    private const long KeyIdLabel = 4;

    private CoseSign1(CborValue protectedHeader, ReadOnlyMemory<byte> protectedBytes, CborValue unprotected, ReadOnlyMemory<byte> payload, ReadOnlyMemory<byte> signature, bool tagged)
    {
        Protected = protectedHeader;
        ProtectedBytes = protectedBytes;
        Unprotected = unprotected;
        Payload = payload;
        Signature = signature;
        IsTagged = tagged;
    }

    public CborValue Protected { get; }

    /// <summary>The protected header as received: what is signed.</summary>
    public ReadOnlyMemory<byte> ProtectedBytes { get; }

    public CborValue Unprotected { get; }

    public ReadOnlyMemory<byte> Payload { get; }

    public ReadOnlyMemory<byte> Signature { get; }

    /// <summary>True when tag 18 stood before it.</summary>
    public bool IsTagged { get; }

    /// <summary>The algorithm's number in the protected header, or null when it is absent or a text.</summary>
    public Int128? AlgorithmNumber => Protected.Get(AlgorithmLabel) is { Kind: CborKind.Integer } number ? number.Number : null;

    public SignatureAlgorithm Algorithm => AlgorithmNumber is { } number ? CoseAlgorithm.Of(number) : SignatureAlgorithm.Unknown;

    /// <summary>The key id of either header, or empty. Nobody signed an unprotected one: it chooses nothing here.</summary>
    public ReadOnlyMemory<byte> KeyId => (Protected.Get(KeyIdLabel) ?? Unprotected.Get(KeyIdLabel)) is { Kind: CborKind.Bytes } id ? id.Bytes : default;

    /// <summary>Reads a message from bytes, tag 18 or none.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out CoseSign1? message)
    {
        message = null;
        return CborValue.TryParse(bytes, out var value) && TryRead(value, out message);
    }

    /// <summary>Reads a message from a data item, tag 18 or none.</summary>
    public static bool TryRead(CborValue value, [NotNullWhen(true)] out CoseSign1? message)
    {
        message = null;
        var untagged = value.Untag(Tag);
        if ((untagged ?? value) is not
            {
                Kind: CborKind.Array,
                Items: [{ Kind: CborKind.Bytes } protectedHeader, { Kind: CborKind.Map } unprotected, { Kind: CborKind.Bytes } payload, { Kind: CborKind.Bytes } signature],
            })
        {
            return false;
        }

        // RFC 9052 section 3: no protected header is a byte string of length zero, or an empty map inside one.
        var header = CborValue.OfMap([]);
        if (protectedHeader.Bytes.Length > 0 && (!CborValue.TryParse(protectedHeader.Bytes, out header!) || header.Kind != CborKind.Map))
        {
            return false;
        }

        if (header.Get(CriticalLabel) is not null || unprotected.Get(CriticalLabel) is not null || unprotected.Get(AlgorithmLabel) is not null || Overlap(header, unprotected))
        {
            return false;
        }

        message = new CoseSign1(header, protectedHeader.Bytes, unprotected, payload.Bytes, signature.Bytes, untagged is not null);
        return true;
    }

    /// <summary>Sig_structure of RFC 9052 section 4.4, encoded.</summary>
    public byte[] ToBeSigned(ReadOnlySpan<byte> externalData)
    {
        var writer = new CborWriter(CborConformanceMode.Canonical);
        writer.WriteStartArray(4);
        writer.WriteTextString("Signature1");
        writer.WriteByteString(Protected.Entries.Count == 0 ? default : ProtectedBytes.Span);
        writer.WriteByteString(externalData);
        writer.WriteByteString(Payload.Span);
        writer.WriteEndArray();
        return writer.Encode();
    }

    /// <summary>True when this key signed the message, with the algorithm of the protected header, which must be one that the key is for.</summary>
    public bool IsSignedBy(PublicKey key, ReadOnlySpan<byte> externalData = default) =>
        KeyFit.Fits(Algorithm, key) && key.VerifyRaw(Algorithm, ToBeSigned(externalData), Signature.Span);

    private static bool Overlap(CborValue header, CborValue other) => header.Entries.Select(entry => entry.Key.Label).ToHashSet().Overlaps(other.Entries.Select(entry => entry.Key.Label));
}
