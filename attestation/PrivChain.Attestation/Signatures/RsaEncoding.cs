using System.Buffers.Binary;
using System.Security.Cryptography;

namespace PrivChain.Attestation.Signatures;

/// <summary>
/// The two encodings that an RSA signature opens to (RFC 8017 section 9). Written here, over BouncyCastle's numbers: its own signers ask for a key object that tests its modulus with random bases each time it is made, a
/// hundred times the work of the signature and seconds in a browser.
/// </summary>
internal static class RsaEncoding
{
    private const byte Trailer = 0xBC;

    // DigestInfo up to the digest, section 9.2 note 1.
    private static ReadOnlySpan<byte> InfoOfSha1 => [0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2B, 0x0E, 0x03, 0x02, 0x1A, 0x05, 0x00, 0x04, 0x14];

    private static ReadOnlySpan<byte> InfoOfSha256 => [0x30, 0x31, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20];

    private static ReadOnlySpan<byte> InfoOfSha384 => [0x30, 0x41, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02, 0x05, 0x00, 0x04, 0x30];

    private static ReadOnlySpan<byte> InfoOfSha512 => [0x30, 0x51, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03, 0x05, 0x00, 0x04, 0x40];

    /// <summary>EMSA-PKCS1-v1_5 (section 9.2): a digest has one encoding, which is made and compared. Nothing is parsed, so nothing can be hidden in the padding.</summary>
    public static bool IsPkcs1(ReadOnlySpan<byte> encoded, HashAlgorithmName hash, ReadOnlySpan<byte> digest)
    {
        var info = InfoOf(hash);
        var padding = encoded.Length - 3 - info.Length - digest.Length;
        return padding >= 8
            && encoded.SequenceEqual((byte[])[0, 1, .. Enumerable.Repeat((byte)0xFF, padding), 0, .. info, .. digest]);
    }

    /// <summary>EMSA-PSS-VERIFY (section 9.1.2) with MGF1 over the same hash.</summary>
    /// <param name="number">The opened signature, as long as the modulus.</param>
    /// <param name="bits">Bits of the modulus less one (<c>emBits</c>).</param>
    /// <param name="hash">The hash.</param>
    /// <param name="digest">Digest of the message.</param>
    /// <param name="saltSize">The one length of salt that is accepted.</param>
    public static bool IsPss(ReadOnlySpan<byte> number, int bits, HashAlgorithmName hash, ReadOnlySpan<byte> digest, int saltSize)
    {
        var size = (bits + 7) / 8;
        var dataSize = size - digest.Length - 1;
        var zeros = dataSize - saltSize - 1;

        // Steps 3 and 4; a modulus of 8k+1 bits leaves a byte in front that must be zero.
        if (saltSize < 0 || zeros < 0 || number[..^size].ContainsAnyExcept((byte)0) || number[^1] != Trailer)
        {
            return false;
        }

        // Steps 5 and 6: the bits above emBits.
        var encoded = number[^size..];
        var unused = (byte)(0xFF & (0xFF00 >> ((8 * size) - bits)));
        if ((encoded[0] & unused) != 0)
        {
            return false;
        }

        // Steps 7 to 10.
        var seal = encoded.Slice(dataSize, digest.Length);
        var data = Mask(hash, seal, dataSize);
        for (var i = 0; i < dataSize; i++)
        {
            data[i] ^= encoded[i];
        }

        data[0] &= (byte)(0xFF ^ unused);
        if (data.AsSpan(0, zeros).ContainsAnyExcept((byte)0) || data[zeros] != 1)
        {
            return false;
        }

        // Steps 11 to 14.
        return seal.SequenceEqual(Hashes.Of(hash, [.. new byte[8], .. digest, .. data.AsSpan(zeros + 1)]));
    }

    // MGF1, appendix B.2.1.
    private static byte[] Mask(HashAlgorithmName hash, ReadOnlySpan<byte> seed, int size)
    {
        var mask = new List<byte>(size + seed.Length);
        byte[] input = [.. seed, 0, 0, 0, 0];
        for (var counter = 0u; mask.Count < size; counter++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(input.AsSpan(seed.Length), counter);
            mask.AddRange(Hashes.Of(hash, input));
        }

        return [.. mask.Take(size)];
    }

    private static ReadOnlySpan<byte> InfoOf(HashAlgorithmName hash) =>
        hash == HashAlgorithmName.SHA1 ? InfoOfSha1
        : hash == HashAlgorithmName.SHA256 ? InfoOfSha256
        : hash == HashAlgorithmName.SHA384 ? InfoOfSha384
        : hash == HashAlgorithmName.SHA512 ? InfoOfSha512
        : throw new ArgumentOutOfRangeException(nameof(hash));
}
