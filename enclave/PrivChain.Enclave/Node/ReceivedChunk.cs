namespace PrivChain.Enclave.Node;

/// <summary>Entries and a checkpoint as the node sent them; nothing verified.</summary>
/// <param name="FirstIndex">Where the node says the entries begin.</param>
/// <param name="Entries">Bytes of each entry.</param>
/// <param name="Note">Checkpoint over all entries up to these, or empty when more of the same batch follow.</param>
internal sealed record ReceivedChunk(ulong FirstIndex, IReadOnlyList<ReadOnlyMemory<byte>> Entries, ReadOnlyMemory<byte> Note);
