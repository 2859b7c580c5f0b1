namespace PrivChain.Node.Vault;

/// <summary>A sealed message in an inbox.</summary>
internal sealed record StoredMessage
{
    public long Id { get; init; }

    public long ReceivedAt { get; init; }

    public byte[] Box { get; init; } = [];
}
