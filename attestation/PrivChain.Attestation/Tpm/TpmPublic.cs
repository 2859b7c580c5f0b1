using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using PrivChain.Attestation.Bytes;
using PrivChain.Attestation.EventLogs;
using PrivChain.Attestation.Signatures;

namespace PrivChain.Attestation.Tpm;

/// <summary>The public area of an RSA or ECC key (TPMT_PUBLIC, TPM 2.0 part 2, section 12.2.4), big-endian. Its hash is the key's name, which other structures bind.</summary>
internal sealed class TpmPublic
{
    public const int MaxSize = 4096;

    private const uint DefaultExponent = 65537;

    private TpmPublic()
    {
    }

    /// <summary>TPM_ALG_ID of the hash that names the key.</summary>
    public ushort NameHash { get; private set; }

    /// <summary>TPMA_OBJECT.</summary>
    public TpmAttributes Attributes { get; private set; }

    /// <summary>The scheme with a hash that the key is fixed to, or null for none.</summary>
    public TpmScheme? Scheme { get; private set; }

    /// <summary>What protects a storage or endorsement key's children: AES key bits, or null for none.</summary>
    public int? SymmetricBits { get; private set; }

    public PublicKey Key { get; private set; } = null!;

    /// <summary>ECC: x and y of the curve's length; RSA: none.</summary>
    public (ReadOnlyMemory<byte> X, ReadOnlyMemory<byte> Y)? Point { get; private set; }

    /// <summary>RSA: modulus and exponent; ECC: none.</summary>
    public (ReadOnlyMemory<byte> Modulus, ReadOnlyMemory<byte> Exponent)? Numbers { get; private set; }

    /// <summary>nameAlg and the hash of the public area (part 1, section 16).</summary>
    public ReadOnlyMemory<byte> Name { get; private set; }

    /// <summary>Reads TPMT_PUBLIC, or TPM2B_PUBLIC, which has its length in front: a public area begins with a type, and no type is that long.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out TpmPublic? read)
    {
        read = null;
        if (bytes.Length is < 4 or > MaxSize)
        {
            return false;
        }

        var area = BinaryPrimitives.ReadUInt16BigEndian(bytes.Span) == bytes.Length - 2 ? bytes[2..] : bytes;
        var reader = new ByteReader(area.Span);
        var parsed = new TpmPublic();
        if (!parsed.Read(ref reader) || !reader.Complete || EventLogHash.NameOf(parsed.NameHash) is not { } hash)
        {
            return false;
        }

        var name = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(name, parsed.NameHash);
        parsed.Name = (byte[])[.. name, .. Hashes.Of(hash, area.Span)];
        read = parsed;
        return true;
    }

    private bool Read(ref ByteReader reader)
    {
        var type = reader.UInt16BigEndian();
        NameHash = reader.UInt16BigEndian();
        Attributes = new TpmAttributes(reader.UInt32BigEndian());
        _ = reader.Take(reader.UInt16BigEndian());

        // TPMT_SYM_DEF_OBJECT: storage and endorsement keys have one, signing keys none.
        var symmetric = reader.UInt16BigEndian();
        if (symmetric != TpmAlgorithm.Null)
        {
            SymmetricBits = reader.UInt16BigEndian();
            if (symmetric != TpmAlgorithm.Aes || reader.UInt16BigEndian() != TpmAlgorithm.Cfb)
            {
                return false;
            }
        }

        return ReadScheme(ref reader) && type switch
        {
            TpmAlgorithm.Rsa => ReadRsa(ref reader),
            TpmAlgorithm.Ecc => ReadEcc(ref reader),
            _ => false,
        };
    }

    private bool ReadScheme(ref ByteReader reader)
    {
        var scheme = reader.UInt16BigEndian();
        if (scheme is TpmAlgorithm.Null or TpmAlgorithm.RsaEs)
        {
            return true;
        }

        // ECDAA has a counter after its hash: no scheme of keys that are read here.
        if (scheme == TpmAlgorithm.EcDaa)
        {
            return false;
        }

        Scheme = new TpmScheme(scheme, reader.UInt16BigEndian());
        return true;
    }

    private bool ReadRsa(ref ByteReader reader)
    {
        var bits = reader.UInt16BigEndian();
        var exponent = reader.UInt32BigEndian();
        var modulus = reader.Take(reader.UInt16BigEndian()).ToArray();
        var exponentBytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(exponentBytes, exponent == 0 ? DefaultExponent : exponent);
        if (reader.Failed || RsaKey.FromNumbers(modulus, exponentBytes) is not { } key || key.Bits != bits)
        {
            return false;
        }

        Key = key;
        Numbers = (modulus, exponentBytes);
        return true;
    }

    private bool ReadEcc(ref ByteReader reader)
    {
        var curve = TpmAlgorithm.CurveOf(reader.UInt16BigEndian());

        // A key derivation scheme is for keys that agree on secrets.
        if (reader.UInt16BigEndian() != TpmAlgorithm.Null)
        {
            _ = reader.UInt16BigEndian();
        }

        var x = reader.Take(reader.UInt16BigEndian());
        var y = reader.Take(reader.UInt16BigEndian());
        if (reader.Failed || curve is null || x.Length > EcKey.LargestField || y.Length > EcKey.LargestField)
        {
            return false;
        }

        // Some TPMs drop leading zeros.
        var (fullX, fullY) = (EcKey.Pad(curve, x), EcKey.Pad(curve, y));
        if (EcKey.FromCoordinates(curve, fullX, fullY) is not { } key)
        {
            return false;
        }

        Key = key;
        Point = (fullX, fullY);
        return true;
    }
}
