using PrivChain.Core.Bytes;

namespace PrivChain.Enclave.Worker;

/// <summary>An answer and what its receipt says about it.</summary>
internal sealed record ComputedAnswer
{
    /// <summary>Canonical JSON.</summary>
    public required ReadOnlyMemory<byte> Answer { get; init; }

    /// <summary>Fields answered, in ordinal order.</summary>
    public required IReadOnlyList<string> Fields { get; init; }

    /// <summary>Form of each.</summary>
    public required IReadOnlyList<string> Forms { get; init; }

    /// <summary>Records read.</summary>
    public required IReadOnlyList<Digest> Records { get; init; }

    /// <summary>Who signed each.</summary>
    public required IReadOnlyList<AccountAddress> Issuers { get; init; }
}
