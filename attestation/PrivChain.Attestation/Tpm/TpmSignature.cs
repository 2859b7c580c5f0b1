using System.Diagnostics.CodeAnalysis;
using PrivChain.Attestation.Bytes;
using PrivChain.Attestation.Signatures;

namespace PrivChain.Attestation.Tpm;

/// <summary>TPMT_SIGNATURE (TPM 2.0 part 2, section 11.3.4), or the bare signature that some clouds hand out.</summary>
/// <param name="Scheme">What the header says; null for a bare signature, whose scheme is the key's.</param>
/// <param name="Bytes">RSA: the number; ECDSA: r and s of the field's length, or bare as DER.</param>
internal sealed record TpmSignature(TpmScheme? Scheme, ReadOnlyMemory<byte> Bytes)
{
    public const int MaxSize = 2048;

    /// <summary>Reads a signature by that key: bare RSA has the modulus' length, bare ECDSA begins as DER does, and neither can be mistaken for a header.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> bytes, PublicKey key, [NotNullWhen(true)] out TpmSignature? signature)
    {
        signature = null;
        if (bytes.Length is < 8 or > MaxSize)
        {
            return false;
        }

        if (key is RsaKey rsa ? bytes.Length == (rsa.Bits + 7) / 8 : key is EcKey && bytes.Span[0] == 0x30)
        {
            signature = new TpmSignature(null, bytes);
            return true;
        }

        var reader = new ByteReader(bytes.Span);
        var scheme = new TpmScheme(reader.UInt16BigEndian(), reader.UInt16BigEndian());
        switch (scheme.Algorithm)
        {
            case TpmAlgorithm.RsaSsa or TpmAlgorithm.RsaPss:
                signature = new TpmSignature(scheme, reader.Take(reader.UInt16BigEndian()).ToArray());
                break;
            case TpmAlgorithm.EcDsa when key is EcKey ec:
                var r = reader.Take(reader.UInt16BigEndian());
                var s = reader.Take(reader.UInt16BigEndian());
                if (r.Length <= ec.FieldSize && s.Length <= ec.FieldSize)
                {
                    signature = new TpmSignature(scheme, (byte[])[.. EcKey.Pad(ec.Curve, r), .. EcKey.Pad(ec.Curve, s)]);
                }

                break;
            default:
                return false;
        }

        signature = reader.Complete ? signature : null;
        return signature is not null;
    }

    /// <summary>True when that key signed the data by that scheme.</summary>
    public bool Verifies(PublicKey key, TpmScheme scheme, ReadOnlySpan<byte> data)
    {
        var algorithm = scheme.ToSignatureAlgorithm();
        return key switch
        {
            // TPMs salt with as much as fits, or since FIPS 186-5 with the hash's length (part 1, annex B.7).
            RsaKey rsa when scheme.Algorithm == TpmAlgorithm.RsaPss => rsa.Verify(algorithm, data, Bytes.Span) || rsa.VerifyLongestSalt(algorithm, data, Bytes.Span),
            EcKey when Scheme is not null => key.VerifyRaw(algorithm, data, Bytes.Span),
            _ => key.Verify(algorithm, data, Bytes.Span),
        };
    }
}
