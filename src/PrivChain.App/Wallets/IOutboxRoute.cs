namespace PrivChain.App.Wallets;

/// <summary>Where an outbox keeps its list, and how it reaches the ledger.</summary>
internal interface IOutboxRoute
{
    /// <summary>What this browser keeps; null when that is nothing, or does not open.</summary>
    Task<byte[]?> LoadAsync();

    /// <summary>Changes what this browser keeps while no other window of it does.</summary>
    /// <param name="change">From what is kept to what is to be kept, and how many of it wait; null to leave it as it is.</param>
    /// <returns>False when it could not be kept, or not even be read: then nothing was asked for a change.</returns>
    Task<bool> ChangeAsync(Func<byte[]?, (byte[] Content, int Waiting)?> change);

    /// <summary>Refuses while the node shows no fresh state of the ledger. Nothing is sent by it.</summary>
    Task PrepareAsync(CancellationToken cancellation);

    /// <summary>Sends an act, and ends when it stands under a witnessed checkpoint and who has to know was told.</summary>
    Task SendAsync(WaitingAct act, CancellationToken cancellation);

    /// <summary>True when the verified ledger has what the act wants.</summary>
    Task<bool> StandsAsync(WaitingAct act, CancellationToken cancellation);
}
