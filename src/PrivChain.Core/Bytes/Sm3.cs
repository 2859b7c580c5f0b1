using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Digests;
using Org.BouncyCastle.Crypto.Macs;
using Org.BouncyCastle.Crypto.Parameters;

namespace PrivChain.Core.Bytes;

/// <summary>SM3 (GB/T 32905-2016) and what is built on it: HMAC (RFC 2104) and HKDF (RFC 5869). BouncyCastle's, because it runs in the browser.</summary>
public static class Sm3
{
    /// <summary>Length of a hash, and of a tag, in bytes.</summary>
    public const int Size = Digest.Size;

    private const int MaxBlocks = 255;

    /// <summary>The hash of all parts in order.</summary>
    public static Digest Hash(params ReadOnlySpan<byte[]> parts)
    {
        var digest = new SM3Digest();
        foreach (var part in parts)
        {
            digest.BlockUpdate(part, 0, part.Length);
        }

        return Finish(digest);
    }

    /// <summary>The hash of a span.</summary>
    public static Digest Hash(ReadOnlySpan<byte> content)
    {
        var digest = new SM3Digest();
        digest.BlockUpdate(content);
        return Finish(digest);
    }

    /// <summary>HMAC-SM3: 32 bytes.</summary>
    /// <exception cref="ArgumentException">The destination does not have 32 bytes.</exception>
    public static void Hmac(ReadOnlySpan<byte> key, ReadOnlySpan<byte> content, Span<byte> tag)
    {
        if (tag.Length != Size)
        {
            throw new ArgumentException($"wanted {Size} bytes, given {tag.Length}", nameof(tag));
        }

        var mac = new HMac(new SM3Digest());
        mac.Init(new KeyParameter(key));
        mac.BlockUpdate(content);
        mac.DoFinal(tag);
    }

    /// <summary>HKDF-Extract.</summary>
    public static void HkdfExtract(ReadOnlySpan<byte> salt, ReadOnlySpan<byte> inputKey, Span<byte> pseudoRandomKey) => Hmac(salt, inputKey, pseudoRandomKey);

    /// <summary>HKDF-Expand.</summary>
    /// <exception cref="ArgumentException">More than 8,160 bytes are wanted.</exception>
    public static void HkdfExpand(ReadOnlySpan<byte> pseudoRandomKey, ReadOnlySpan<byte> info, Span<byte> output)
    {
        if (output.Length > MaxBlocks * Size)
        {
            throw new ArgumentException($"at most {MaxBlocks * Size} bytes can be derived, wanted {output.Length}", nameof(output));
        }

        // T(i) = HMAC(PRK, T(i-1) || info || i)
        Span<byte> block = stackalloc byte[Size];
        var input = new byte[Size + info.Length + 1];
        info.CopyTo(input.AsSpan(Size));
        for (var i = 1; !output.IsEmpty; i++)
        {
            input[^1] = (byte)i;
            Hmac(pseudoRandomKey, i == 1 ? input.AsSpan(Size) : input, block);
            block.CopyTo(input);
            var taken = Math.Min(Size, output.Length);
            block[..taken].CopyTo(output);
            output = output[taken..];
        }

        CryptographicOperations.ZeroMemory(block);
        CryptographicOperations.ZeroMemory(input);
    }

    private static Digest Finish(SM3Digest digest)
    {
        Span<byte> hash = stackalloc byte[Size];
        digest.DoFinal(hash);
        return new Digest(hash);
    }
}
