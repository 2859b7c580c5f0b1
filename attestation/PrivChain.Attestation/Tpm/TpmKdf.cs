using System.Buffers.Binary;
using System.Security.Cryptography;
using PrivChain.Attestation.Signatures;

namespace PrivChain.Attestation.Tpm;

/// <summary>Key derivation of TPM 2.0 part 1, section 11.4.10: KDFa from a key (SP 800-108, counter mode), KDFe from a shared secret (SP 800-56A).</summary>
internal static class TpmKdf
{
    /// <summary>A key of that many bytes; the label includes its zero.</summary>
    public static byte[] FromKey(HashAlgorithmName hash, ReadOnlySpan<byte> key, ReadOnlySpan<byte> label, ReadOnlySpan<byte> context, int size)
    {
        var derived = new byte[size];
        for (var (counter, offset) = (1u, 0); offset < size; counter++)
        {
            var block = CryptographicOperations.HmacData(hash, key.ToArray(), (byte[])[.. UInt32(counter), .. label, .. context, .. UInt32((uint)size * 8)]);
            var take = Math.Min(block.Length, size - offset);
            block.AsSpan(0, take).CopyTo(derived.AsSpan(offset));
            offset += take;
        }

        return derived;
    }

    /// <summary>A seed of the hash's length from the x of a shared point, bound to the x of both keys.</summary>
    public static byte[] FromSecret(HashAlgorithmName hash, ReadOnlySpan<byte> secret, ReadOnlySpan<byte> label, ReadOnlySpan<byte> ours, ReadOnlySpan<byte> theirs) =>
        Hashes.Of(hash, [.. UInt32(1), .. secret, .. label, .. ours, .. theirs]);

    private static byte[] UInt32(uint number)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, number);
        return bytes;
    }
}
