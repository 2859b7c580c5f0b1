using Org.BouncyCastle.Crypto.Digests;

namespace PrivChain.Core.Bytes;

/// <summary>Ethereum's Keccak-256: the padding of the 2011 submission, not NIST SHA3-256.</summary>
public static class Keccak256
{
    /// <summary>The 32-byte hash.</summary>
    public static byte[] Hash(params ReadOnlySpan<byte[]> parts)
    {
        var digest = new KeccakDigest(256);
        foreach (var part in parts)
        {
            digest.BlockUpdate(part, 0, part.Length);
        }

        var hash = new byte[Digest.Size];
        digest.DoFinal(hash, 0);
        return hash;
    }

    /// <summary>The 32-byte hash of a span.</summary>
    public static byte[] Hash(ReadOnlySpan<byte> content)
    {
        var digest = new KeccakDigest(256);
        digest.BlockUpdate(content);
        var hash = new byte[Digest.Size];
        digest.DoFinal(hash, 0);
        return hash;
    }
}
