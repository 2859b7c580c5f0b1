using System.Runtime.Intrinsics;
using System.Security.Cryptography;
using PrivChain.Signatures.Hashing;

namespace PrivChain.Signatures;

/// <summary>Hashes many short messages of one length at once, such as the nodes and the leaves of a Merkle tree: 16 side by side with AVX-512, 8 with AVX2. For public data; for all threads; one call uses one core.</summary>
public static class BatchHash
{
    /// <summary>Length of a hash.</summary>
    public const int Size = 32;

    /// <summary>Longest message.</summary>
    public const int MaxMessageSize = 64 * 1024;

    /// <summary>Hashes each message after one byte that says what it is, as RFC 9162 wants it: 0x00 before a leaf, 0x01 before the two hashes below a node.</summary>
    /// <param name="function">Which hash.</param>
    /// <param name="prefix">Comes before each message and counts as part of it.</param>
    /// <param name="messages">All messages, one after the other.</param>
    /// <param name="messageSize">Length of each, from 0 to <see cref="MaxMessageSize"/>.</param>
    /// <param name="hashes">32 bytes for each message; every one is written. Must not overlap the messages.</param>
    /// <param name="instructions">Forces an instruction set, for tests; null takes the best there is.</param>
    /// <exception cref="ArgumentException">The lengths do not belong to the same number of messages, or there is no such function.</exception>
    /// <exception cref="PlatformNotSupportedException">The machine lacks <paramref name="instructions"/>.</exception>
    public static void Compute(HashFunction function, byte prefix, ReadOnlySpan<byte> messages, int messageSize, Span<byte> hashes, InstructionSet? instructions = null)
    {
        var count = hashes.Length / Size;
        if (messageSize is < 0 or > MaxMessageSize || hashes.Length != count * Size || messages.Length != (long)count * messageSize)
        {
            throw new ArgumentException($"{messages.Length} bytes of messages of {messageSize} each and {hashes.Length} of hashes");
        }

        if (messages.Overlaps(hashes))
        {
            throw new ArgumentException("hashes would be written over messages", nameof(hashes));
        }

        var set = SignatureEngine.Choose(instructions);
        switch (function)
        {
            // The platform's is faster for one message than any lanes.
            case HashFunction.Sha256 when set == InstructionSet.Scalar || count == 1:
                OneByOne(prefix, messages, messageSize, hashes);
                break;
            case HashFunction.Sha256 when set == InstructionSet.Avx2:
                Hash<Vector256<uint>, HashLanes256, Sha256Lanes<Vector256<uint>, HashLanes256>>(prefix, messages, messageSize, hashes);
                break;
            case HashFunction.Sha256:
                Hash<Vector512<uint>, HashLanes512, Sha256Lanes<Vector512<uint>, HashLanes512>>(prefix, messages, messageSize, hashes);
                break;
            case HashFunction.Sm3 when set == InstructionSet.Scalar || count == 1:
                MessageLanes<uint, HashLanesOne, Sm3Lanes<uint, HashLanesOne>>.Hash(prefix, messages, messageSize, hashes);
                break;
            case HashFunction.Sm3 when set == InstructionSet.Avx2:
                Hash<Vector256<uint>, HashLanes256, Sm3Lanes<Vector256<uint>, HashLanes256>>(prefix, messages, messageSize, hashes);
                break;
            case HashFunction.Sm3:
                Hash<Vector512<uint>, HashLanes512, Sm3Lanes<Vector512<uint>, HashLanes512>>(prefix, messages, messageSize, hashes);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(function), function, "no such hash function");
        }
    }

    private static void Hash<TVector, TLanes, THash>(byte prefix, ReadOnlySpan<byte> messages, int messageSize, Span<byte> hashes)
        where TVector : struct
        where TLanes : struct, IHashLanes<TVector>
        where THash : struct, ICompression<TVector>
    {
        if (messageSize == NodeLanes<TVector, TLanes, THash>.NodeSize)
        {
            NodeLanes<TVector, TLanes, THash>.Hash(prefix, messages, hashes);
        }
        else
        {
            MessageLanes<TVector, TLanes, THash>.Hash(prefix, messages, messageSize, hashes);
        }
    }

    private static void OneByOne(byte prefix, ReadOnlySpan<byte> messages, int messageSize, Span<byte> hashes)
    {
        Span<byte> message = messageSize < 1024 ? stackalloc byte[1 + messageSize] : new byte[1 + messageSize];
        message[0] = prefix;
        for (var i = 0; i * Size < hashes.Length; i++)
        {
            messages.Slice(i * messageSize, messageSize).CopyTo(message[1..]);
            SHA256.HashData(message, hashes.Slice(i * Size, Size));
        }
    }
}
