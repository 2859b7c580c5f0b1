using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Digests;
using PrivChain.Signatures;

namespace PrivChain.Benchmarks;

/// <summary>The nodes of a Merkle tree, many at once on one core, against the implementation that a program would use otherwise, one by one.</summary>
internal static class BatchHashes
{
    private const int Nodes = 4096;
    private const int NodeSize = 64;

    public static void Run(ResultTable table, int rounds)
    {
        var children = RandomNumberGenerator.GetBytes(Nodes * NodeSize);
        var hashes = new byte[Nodes * BatchHash.Size];
        var message = new byte[1 + NodeSize];
        message[0] = 1;
        var sm3 = new SM3Digest();
        var result = new byte[BatchHash.Size];
        foreach (var set in Enum.GetValues<InstructionSet>().Where(SignatureEngine.IsSupported).Reverse())
        {
            Row(set, HashFunction.Sha256, "SHA256.HashData", "≥ 10", () => SHA256.HashData(message, result));
            Row(set, HashFunction.Sm3, "BouncyCastle", "≥ 15", () =>
            {
                sm3.BlockUpdate(message, 0, message.Length);
                sm3.DoFinal(result, 0);
            });
        }

        void Row(InstructionSet set, HashFunction function, string reference, string aim, Action one) =>
            table.Add(
                $"Merkle nodes, {function}, {set}",
                reference,
                set == InstructionSet.Avx512 ? aim : "–",
                Interleaved.MeasureShort(
                    rounds,
                    50,
                    () => BatchHash.Compute(function, 1, children, NodeSize, hashes, set),
                    () =>
                    {
                        for (var i = 0; i < Nodes; i++)
                        {
                            children.AsSpan(i * NodeSize, NodeSize).CopyTo(message.AsSpan(1));
                            one();
                        }
                    },
                    Nodes),
                $"one core, {Nodes} at once, 65 bytes each");
    }
}
