using System.Diagnostics.CodeAnalysis;

namespace PrivChain.Core.Refusals;

/// <summary>Either the trusted thing or the refusal, never both and never neither.</summary>
public sealed class Verdict<T>
    where T : notnull
{
    private Verdict(T? value, Refusal? refusal)
    {
        Value = value;
        Refusal = refusal;
        Accepted = refusal is null;
    }

    /// <summary>True when <see cref="Value"/> is there.</summary>
    [MemberNotNullWhen(true, nameof(Value))]
    [MemberNotNullWhen(false, nameof(Refusal))]
    public bool Accepted { get; }

    /// <summary>The trusted thing.</summary>
    public T? Value { get; }

    /// <summary>Why not.</summary>
    public Refusal? Refusal { get; }

    /// <summary>The reason, <see cref="RefusalReason.None"/> when accepted.</summary>
    public RefusalReason Reason => Refusal?.Reason ?? RefusalReason.None;

    /// <summary>The value.</summary>
    /// <exception cref="RefusalException">It was refused.</exception>
    public T OrThrow() => Accepted ? Value : throw new RefusalException(Refusal);

    /// <summary>Accepts.</summary>
    public static implicit operator Verdict<T>(T value) => new(value, null);

    /// <summary>Refuses.</summary>
    public static implicit operator Verdict<T>(Refusal refusal) => new(default, refusal);

    /// <summary>Refuses with a reason and a detail for the operator.</summary>
    public static Verdict<T> Refuse(RefusalReason reason, string detail = "") => new(default, new Refusal(reason, detail));
}
