using PrivChain.Core.Bytes;

namespace PrivChain.Enclave.Worker;

/// <summary>A regulator's copy of a use, sealed.</summary>
/// <param name="Use">Document digest of the use.</param>
/// <param name="Regulator">For whom.</param>
/// <param name="Box">The sealed message.</param>
internal sealed record SealedAuditCopy(Digest Use, AccountAddress Regulator, byte[] Box);
