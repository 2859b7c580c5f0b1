using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;
using System.Security.Cryptography;
using PrivChain.Core.Bytes;
using ECPoint = Org.BouncyCastle.Math.EC.ECPoint;

namespace PrivChain.Core.Keys;

/// <summary>
/// Public-key encryption of SM2 (GB/T 32918.4-2016) in the order C1, C3, C2 of the current standard: a point (04, x, y), an SM3 tag, the ciphertext.
/// Old programs write C1, C2, C3 and some leave the 04 out; neither is guessed at, both are refused.
/// </summary>
public static class Sm2Encryption
{
    /// <summary>Bytes a ciphertext adds to its plaintext.</summary>
    public const int Overhead = EcdsaCurve.PointSize + Sm3.Size;

    /// <summary>Longest plaintext in bytes: keys are encrypted, not files.</summary>
    public const int MaxPlaintext = 65536;

    private const int CoordinateSize = EcdsaCurve.ScalarSize;

    private static readonly EcdsaCurve Curve = EcdsaCurve.Sm2P256;

    /// <summary>Encrypts for a public key (33 or 65 bytes).</summary>
    /// <exception cref="ArgumentException">Not a public key, or a plaintext of no bytes or more than <see cref="MaxPlaintext"/>.</exception>
    public static byte[] Encrypt(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> plaintext)
    {
        byte[]? ciphertext;
        do
        {
            var nonce = Curve.GenerateKey();
            TryEncrypt(publicKey, plaintext, nonce, out ciphertext);
            CryptographicOperations.ZeroMemory(nonce);
        }
        while (ciphertext is null);
        return ciphertext;
    }

    /// <summary>The plaintext, or false for anything but C1 (with its 04, on the curve), C3, C2 of this key.</summary>
    /// <exception cref="ArgumentException">Not a private key.</exception>
    public static bool TryDecrypt(ReadOnlySpan<byte> privateKey, ReadOnlySpan<byte> ciphertext, [NotNullWhen(true)] out byte[]? plaintext)
    {
        if (!Sm2.IsPrivateKey(privateKey))
        {
            throw new ArgumentException("not a private key: wanted 32 bytes with a value in 1..n-2", nameof(privateKey));
        }

        // A point off the curve would hand the key out bit by bit (CVE-2026-23966), so decoding checks it; infinity has no 65 bytes.
        plaintext = null;
        if (ciphertext.Length is <= Overhead or > Overhead + MaxPlaintext || !Curve.TryDecodePoint(ciphertext[..EcdsaCurve.PointSize], out var c1))
        {
            return false;
        }

        var shared = Agree(c1, privateKey);
        var content = ciphertext[Overhead..].ToArray();
        var open = Mask(shared, content)
            && CryptographicOperations.FixedTimeEquals(Tag(shared, content), ciphertext[EcdsaCurve.PointSize..Overhead]);
        CryptographicOperations.ZeroMemory(shared);
        if (!open)
        {
            CryptographicOperations.ZeroMemory(content);
            return false;
        }

        plaintext = content;
        return true;
    }

    /// <summary>Reads SEQUENCE { x, y, C3, C2 } in DER (GB/T 35276-2017 section 7.2) into C1, C3, C2; a second encoding and bytes left over are refused.</summary>
    public static bool TryReadDer(ReadOnlySpan<byte> der, [NotNullWhen(true)] out byte[]? ciphertext)
    {
        ciphertext = null;
        try
        {
            var reader = new AsnReader(der.ToArray(), AsnEncodingRules.DER);
            var sequence = reader.ReadSequence();
            reader.ThrowIfNotEmpty();
            Span<byte> point = stackalloc byte[EcdsaCurve.PointSize];
            point[0] = 4;
            if (!Sm2Integer.TryRead(sequence, point.Slice(1, CoordinateSize)) || !Sm2Integer.TryRead(sequence, point[(1 + CoordinateSize)..]))
            {
                return false;
            }

            var tag = sequence.ReadOctetString();
            var content = sequence.ReadOctetString();
            sequence.ThrowIfNotEmpty();
            ciphertext = tag.Length == Sm3.Size && content.Length is > 0 and <= MaxPlaintext ? [.. point, .. tag, .. content] : null;
            return ciphertext is not null;
        }
        catch (AsnContentException)
        {
            return false;
        }
    }

    /// <summary>SEQUENCE { x, y, C3, C2 } in DER.</summary>
    /// <exception cref="ArgumentException">Not a ciphertext of this class.</exception>
    public static byte[] ToDer(ReadOnlySpan<byte> ciphertext)
    {
        if (ciphertext.Length <= Overhead || ciphertext[0] != 4)
        {
            throw new ArgumentException("not C1 (with its 04), C3, C2", nameof(ciphertext));
        }

        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            Sm2Integer.Write(writer, ciphertext.Slice(1, CoordinateSize));
            Sm2Integer.Write(writer, ciphertext.Slice(1 + CoordinateSize, CoordinateSize));
            writer.WriteOctetString(ciphertext[EcdsaCurve.PointSize..Overhead]);
            writer.WriteOctetString(ciphertext[Overhead..]);
        }

        return writer.Encode();
    }

    /// <summary>One try with a nonce in 1..n-1; false where the key stream is all zeros (step A5), which would show the plaintext.</summary>
    internal static bool TryEncrypt(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> nonce, [NotNullWhen(true)] out byte[]? ciphertext)
    {
        if (plaintext.Length is 0 or > MaxPlaintext)
        {
            throw new ArgumentException($"wanted 1 to {MaxPlaintext} bytes, given {plaintext.Length}", nameof(plaintext));
        }

        if (!Curve.TryDecodePoint(publicKey, out var recipient))
        {
            throw new ArgumentException("not a public key", nameof(publicKey));
        }

        ciphertext = null;
        var shared = Agree(recipient, nonce);
        var content = plaintext.ToArray();
        var tag = Tag(shared, content);
        if (Mask(shared, content))
        {
            ciphertext = [.. Curve.PublicKey(nonce), .. tag, .. content];
        }

        CryptographicOperations.ZeroMemory(shared);
        return ciphertext is not null;
    }

    // x2, y2.
    private static byte[] Agree(ECPoint point, ReadOnlySpan<byte> scalar) => Curve.Multiply(point, scalar).GetEncoded(compressed: false)[1..];

    // C3 = SM3(x2, M, y2)
    private static byte[] Tag(byte[] shared, byte[] plaintext) => Sm3.Hash(shared[..CoordinateSize], plaintext, shared[CoordinateSize..]).ToArray();

    // XORs the key stream of part 4 section 5.4.3 in: SM3(x2, y2, counter from 1). False where all of it is zero.
    private static bool Mask(byte[] shared, Span<byte> content)
    {
        byte any = 0;
        var counter = new byte[sizeof(uint)];
        Span<byte> block = stackalloc byte[Sm3.Size];
        for (var offset = 0; offset < content.Length; offset += Sm3.Size)
        {
            System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(counter, 1 + (offset / Sm3.Size));
            Sm3.Hash(shared, counter).CopyTo(block);
            for (var i = 0; i < Math.Min(Sm3.Size, content.Length - offset); i++)
            {
                any |= block[i];
                content[offset + i] ^= block[i];
            }
        }

        CryptographicOperations.ZeroMemory(block);
        return any != 0;
    }
}
