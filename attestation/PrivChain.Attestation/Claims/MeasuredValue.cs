using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace PrivChain.Attestation.Claims;

/// <summary>One measurement among several: a register, a boot layer, a component.</summary>
/// <param name="Name">In the format's words, such as <c>rtmr0</c>, <c>pcr7</c> or <c>layer1</c>.</param>
/// <param name="Algorithm">Hash, such as <c>sha-384</c> (IANA names).</param>
/// <param name="Value">The digest.</param>
public sealed record MeasuredValue(string Name, string Algorithm, ReadOnlyMemory<byte> Value)
{
    /// <summary>SHA-384 of <c>privchain/measured-values/v1</c>, a zero byte, and of each value in order its name, algorithm and bytes, each after its 4-byte big-endian length. 48 bytes.</summary>
    public static byte[] DigestOf(IEnumerable<MeasuredValue> values)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA384);
        hash.AppendData("privchain/measured-values/v1\0"u8);
        foreach (var value in values)
        {
            Append(Encoding.UTF8.GetBytes(value.Name));
            Append(Encoding.UTF8.GetBytes(value.Algorithm));
            Append(value.Value.Span);
        }

        return hash.GetHashAndReset();

        void Append(ReadOnlySpan<byte> bytes)
        {
            Span<byte> length = stackalloc byte[sizeof(int)];
            BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
            hash.AppendData(length);
            hash.AppendData(bytes);
        }
    }
}
