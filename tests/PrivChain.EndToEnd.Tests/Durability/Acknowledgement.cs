using PrivChain.Core.Bytes;

namespace PrivChain.EndToEnd.Tests.Durability;

/// <summary>What a node promised: this document of this signer stands at this index.</summary>
internal sealed record Acknowledgement(ulong Index, Digest Document, AccountAddress Signer);
