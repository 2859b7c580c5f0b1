namespace PrivChain.Core.Tests.Json;

/// <summary>Seeded mutations for parser tests: the same seed gives the same inputs everywhere.</summary>
internal static class Seeded
{
    /// <summary>Calls the test with copies of the bytes in which one to four places were changed, removed or doubled.</summary>
    public static void Mutations(ReadOnlySpan<byte> valid, ulong seed, int count, Action<byte[]> test)
    {
        var state = seed;
        for (var i = 0; i < count; i++)
        {
            var bytes = valid.ToArray().ToList();
            for (var changes = Next(ref state, 4) + 1; changes > 0 && bytes.Count > 0; changes--)
            {
                var at = Next(ref state, bytes.Count);
                switch (Next(ref state, 4))
                {
                    case 0: bytes[at] = (byte)Next(ref state, 256); break;
                    case 1: bytes[at] ^= (byte)(1 << Next(ref state, 8)); break;
                    case 2: bytes.RemoveAt(at); break;
                    default: bytes.Insert(at, bytes[Next(ref state, bytes.Count)]); break;
                }
            }

            test([.. bytes]);
        }
    }

    // SplitMix64.
    public static int Next(ref ulong state, int bound)
    {
        unchecked
        {
            state += 0x9e3779b97f4a7c15;
            var z = state;
            z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
            z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
            return (int)((z ^ (z >> 31)) % (ulong)bound);
        }
    }
}
