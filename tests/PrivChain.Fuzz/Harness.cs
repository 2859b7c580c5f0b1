namespace PrivChain.Fuzz;

/// <summary>One parser under attack. It may take or refuse bytes; whatever it throws is a bug, since a refusal is a value.</summary>
/// <param name="Name">Its name on the command line.</param>
/// <param name="Takes">Gives the bytes to the parser and says whether it took them. Throws <see cref="BrokenPromiseException"/> where it took what it must not.</param>
/// <param name="Seeds">Seeds beside the files of the corpus, made by our own writers.</param>
public sealed record Harness(string Name, Func<byte[], bool> Takes, Func<IEnumerable<byte[]>>? Seeds = null)
{
    /// <summary>For layouts with one encoding: what is taken must be written again as the very same bytes.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="read">Reads the bytes and gives back what they are when written again, or null when they were refused.</param>
    /// <param name="seeds">Seeds beside the files of the corpus.</param>
    public static Harness OfOneEncoding(string name, Func<byte[], byte[]?> read, Func<IEnumerable<byte[]>>? seeds = null) => new(
        name,
        bytes => read(bytes) switch
        {
            null => false,
            var again when again.AsSpan().SequenceEqual(bytes) => true,
            _ => throw new BrokenPromiseException($"{name} took bytes that it would write otherwise"),
        },
        seeds);

    /// <inheritdoc/>
    public override string ToString() => Name;
}
