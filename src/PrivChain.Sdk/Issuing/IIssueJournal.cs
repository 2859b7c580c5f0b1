namespace PrivChain.Sdk.Issuing;

/// <summary>
/// What an import remembers, so that it can be started again at any point and issues each key once. Called by one import at a time, from several threads.
/// </summary>
public interface IIssueJournal
{
    /// <summary>True when a record with this key was issued.</summary>
    bool IsDone(string key);

    /// <summary>Batches saved and not completed, to be sent first.</summary>
    IReadOnlyList<PendingBatch> LoadPending();

    /// <summary>Keeps a batch before it is sent, durably where the journal is durable. The name completes it later.</summary>
    Task<string> SavePendingAsync(PendingBatch batch, CancellationToken cancellationToken = default);

    /// <summary>Marks the keys issued and forgets the batch.</summary>
    Task CompleteAsync(string name, PendingBatch batch, IReadOnlyCollection<string> issued, CancellationToken cancellationToken = default);
}
