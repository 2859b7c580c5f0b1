namespace PrivChain.Core.Refusals;

/// <summary>Carries a refusal through code that can only throw, such as a client call; the rules themselves return verdicts.</summary>
public sealed class RefusalException(Refusal refusal) : Exception(refusal.ToString())
{
    /// <summary>What was refused and why.</summary>
    public Refusal Refusal { get; } = refusal;

    /// <summary>The reason alone.</summary>
    public RefusalReason Reason => Refusal.Reason;
}
