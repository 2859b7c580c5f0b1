namespace PrivChain.Enclave.Tests.World;

/// <summary>A clock that tests set; timers run in real time.</summary>
internal sealed class SettableTime : TimeProvider
{
    /// <summary>Unix ms.</summary>
    public long Now { get; set; } = 1_790_000_000_000;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(Now);
}
