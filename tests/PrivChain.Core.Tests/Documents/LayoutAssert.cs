namespace PrivChain.Core.Tests.Documents;

/// <summary>What every binary layout of ours must do.</summary>
internal static class LayoutAssert
{
    public delegate byte[]? Reparse(ReadOnlySpan<byte> bytes);

    /// <summary>Round trip to the same bytes; every truncation and any trailing byte refused.</summary>
    public static void RoundTripsAndRefusesOtherLengths(byte[] valid, Reparse reparse)
    {
        var again = reparse(valid);
        Assert.IsNotNull(again, "the valid layout was refused");
        Assert.IsTrue(again.AsSpan().SequenceEqual(valid), "parsing and writing changed the bytes");
        for (var length = 0; length < valid.Length; length++)
        {
            Assert.IsNull(reparse(valid.AsSpan(0, length)), $"accepted {length} of {valid.Length} bytes");
        }

        Assert.IsNull(reparse([.. valid, 0]), "accepted a trailing byte");
    }

    /// <summary>A changed layout is refused, or is read as exactly the changed bytes: no two encodings of one value.</summary>
    public static void MutationsAreRefusedOrCanonical(byte[] valid, Reparse reparse, int seed, int rounds = 2000)
    {
        var random = new Random(seed);
        for (var round = 0; round < rounds; round++)
        {
            var mutated = (byte[])valid.Clone();
            for (var change = random.Next(1, 4); change > 0; change--)
            {
                mutated[random.Next(mutated.Length)] = (byte)random.Next(256);
            }

            var again = reparse(mutated);
            Assert.IsTrue(again is null || again.AsSpan().SequenceEqual(mutated), $"seed {seed}, round {round}: a second encoding was accepted");
        }
    }
}
