using PrivChain.Core.Bytes;
using PrivChain.Core.Hpke;
using PrivChain.Core.Refusals;

namespace PrivChain.Enclave.Evidence;

/// <summary>What this program needs of attestation: evidence for its own keys, and the appraisal of a worker's.</summary>
internal interface IEnclaveEvidence
{
    /// <summary>Digest of this program's measurement.</summary>
    Digest Measurement { get; }

    /// <summary>Evidence that binds role, account, key and nonce to this program on this ledger.</summary>
    ValueTask<byte[]> ProduceAsync(EnclaveRole role, AccountAddress account, HpkePublicKey key, ReadOnlyMemory<byte> nonce, CancellationToken cancellation);

    /// <summary>Appraises a worker's evidence, made without a nonce, against the roots and the floor of the genesis.</summary>
    Verdict<AppraisedEvidence> AppraiseWorker(ReadOnlySpan<byte> evidence, AccountAddress account, HpkePublicKey key);
}
