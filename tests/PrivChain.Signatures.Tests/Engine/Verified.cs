using PrivChain.Signatures.Engine;

namespace PrivChain.Signatures.Tests.Engine;

/// <summary>Runs the batch verifier over a list.</summary>
internal static class Verified
{
    public static IEnumerable<InstructionSet> Sets => Enum.GetValues<InstructionSet>().Where(SignatureEngine.IsSupported);

    public static bool[] By(BatchVerifier verifier, IReadOnlyList<Signed> items)
    {
        var verdicts = new bool[items.Count];

        // What was there before must not count.
        verdicts.AsSpan().Fill(true);
        verifier.Verify(items.SelectMany(item => item.Key).ToArray(), items.SelectMany(item => item.Digest).ToArray(), items.SelectMany(item => item.Signature).ToArray(), verdicts);
        return verdicts;
    }

    /// <summary>On every instruction set, with keys registered and not, each item in each lane.</summary>
    public static void Everywhere(SignatureScheme scheme, IReadOnlyList<Signed> items, bool lowSOnly = false)
    {
        var registry = new KeyRegistry(scheme, 256 << 20);
        foreach (var item in items)
        {
            registry.TryAdd(item.Key);
        }

        foreach (var set in Sets)
        {
            foreach (var keys in (KeyRegistry?[])[null, registry])
            {
                var verifier = new BatchVerifier(scheme, keys, lowSOnly, set);
                for (var shift = 0; shift < (int)set; shift++)
                {
                    var shifted = items.Skip(items.Count - shift).Concat(items).ToList();
                    var verdicts = By(verifier, shifted);
                    for (var i = 0; i < verdicts.Length; i++)
                    {
                        Assert.AreEqual(shifted[i].Valid, verdicts[i], $"{set}, {(keys is null ? "unknown" : "registered")} key, shifted by {shift}: {shifted[i].Name}");
                    }
                }
            }
        }
    }

    public static byte[] Bytes(in U256 value)
    {
        var bytes = new byte[U256.Size];
        value.Write(bytes);
        return bytes;
    }
}
