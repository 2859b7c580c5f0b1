using PrivChain.Core.Refusals;

namespace PrivChain.Core.Keys;

/// <summary>The cost of turning a passphrase into a key (RFC 9106).</summary>
/// <param name="MemoryKiB">Memory in KiB, <see cref="MinMemoryKiB"/> to <see cref="MaxMemoryKiB"/>.</param>
/// <param name="Iterations">Passes over it, <see cref="MinIterations"/> to <see cref="MaxIterations"/>.</param>
/// <param name="Parallelism">Lanes, 1 to <see cref="MaxParallelism"/>.</param>
public sealed record Argon2idParameters(int MemoryKiB, int Iterations, int Parallelism)
{
    /// <summary>64 MiB: the second choice of RFC 9106 section 4.</summary>
    public const int MinMemoryKiB = 64 * 1024;

    /// <summary>1 GiB: a file cannot ask for more.</summary>
    public const int MaxMemoryKiB = 1024 * 1024;

    /// <summary>The passes RFC 9106 section 4 wants at 64 MiB.</summary>
    public const int MinIterations = 3;

    /// <summary>A file cannot ask for more.</summary>
    public const int MaxIterations = 10;

    /// <summary>A file cannot ask for more.</summary>
    public const int MaxParallelism = 16;

    /// <summary>The floor: what a browser bears.</summary>
    public static Argon2idParameters Floor { get; } = new(MinMemoryKiB, MinIterations, 4);

    /// <summary>256 MiB, for machines that have it.</summary>
    public static Argon2idParameters Default { get; } = new(256 * 1024, MinIterations, 4);

    /// <summary>Null when inside floor and ceiling. Asked before any derivation.</summary>
    internal Refusal? Check()
    {
        if (MemoryKiB < MinMemoryKiB || Iterations < MinIterations || Parallelism < 1)
        {
            return new Refusal(
                RefusalReason.TooWeak,
                $"Argon2id wants at least {MinMemoryKiB} KiB, {MinIterations} iterations and 1 lane, given {MemoryKiB}, {Iterations} and {Parallelism}");
        }

        return MemoryKiB > MaxMemoryKiB || Iterations > MaxIterations || Parallelism > MaxParallelism
            ? new Refusal(
                RefusalReason.TooLarge,
                $"Argon2id may take at most {MaxMemoryKiB} KiB, {MaxIterations} iterations and {MaxParallelism} lanes, given {MemoryKiB}, {Iterations} and {Parallelism}")
            : null;
    }
}
