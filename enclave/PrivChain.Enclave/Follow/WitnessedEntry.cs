using PrivChain.Core.Ledger;
using PrivChain.Core.Tree;

namespace PrivChain.Enclave.Follow;

/// <summary>An entry that this process authenticated, put through the rules and found under a witnessed checkpoint. Only <see cref="LedgerView"/> makes one.</summary>
internal sealed class WitnessedEntry
{
    internal WitnessedEntry(ulong index, AuthenticEntry authentic, WitnessedCheckpoint checkpoint)
    {
        Index = index;
        Authentic = authentic;
        Checkpoint = checkpoint;
    }

    /// <summary>Where it stands.</summary>
    public ulong Index { get; }

    /// <summary>The entry.</summary>
    public AuthenticEntry Authentic { get; }

    /// <summary>The first checkpoint seen here that covers it.</summary>
    public WitnessedCheckpoint Checkpoint { get; }
}
