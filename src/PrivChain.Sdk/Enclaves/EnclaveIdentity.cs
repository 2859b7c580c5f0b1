using PrivChain.Core.Bytes;
using PrivChain.Core.Hpke;

namespace PrivChain.Sdk.Enclaves;

/// <summary>Who an enclave says it is: what its evidence has to bind.</summary>
/// <param name="Role">Its role.</param>
/// <param name="Account">Its account.</param>
/// <param name="EncryptionKey">Its HPKE key: a broker's own, or a worker's session key.</param>
public sealed record EnclaveIdentity(EnclaveRole Role, AccountAddress Account, HpkePublicKey EncryptionKey);
