namespace PrivChain.Node.Ledger;

/// <summary>Where an entry stands, durably.</summary>
/// <param name="Index">Its index.</param>
/// <param name="Time">The sequencer's time, unix ms.</param>
/// <param name="AlreadyRecorded">True when the same document by the same signer stood there before.</param>
internal sealed record Appended(ulong Index, ulong Time, bool AlreadyRecorded);
