using PrivChain.Core.Bytes;
using PrivChain.Core.Hpke;

namespace PrivChain.Enclave.Broker;

/// <summary>A worker that asks to be admitted.</summary>
/// <param name="Account">Its session account, fresh.</param>
/// <param name="SessionKey">Its HPKE key, fresh.</param>
/// <param name="Evidence">Evidence that binds both; nothing verified.</param>
internal sealed record WorkerCandidate(AccountAddress Account, HpkePublicKey SessionKey, ReadOnlyMemory<byte> Evidence);
