using PrivChain.Attestation;
using PrivChain.Core.Bytes;
using PrivChain.Core.Hpke;
using PrivChain.Core.Ledger;

namespace PrivChain.Sdk.Query;

/// <summary>A worker whose session stands on the ledger and whose recorded and fresh evidence were appraised: queries are sealed to this and to nothing else.</summary>
public sealed class AttestedWorker
{
    internal AttestedWorker(
        AccountAddress account, HpkePublicKey sessionKey, WorkerSession session, AttestedEnclave enclave, ReadOnlyMemory<byte> recordedEvidence)
    {
        Account = account;
        SessionKey = sessionKey;
        Session = session;
        Enclave = enclave;
        RecordedEvidence = recordedEvidence;
    }

    /// <summary>Its account.</summary>
    public AccountAddress Account { get; }

    /// <summary>Its session key.</summary>
    public HpkePublicKey SessionKey { get; }

    /// <summary>The session as the ledger has it.</summary>
    public WorkerSession Session { get; }

    /// <summary>What the fresh evidence proves.</summary>
    public AttestedEnclave Enclave { get; }

    /// <summary>The evidence that the session entry names; it goes into receipts.</summary>
    public ReadOnlyMemory<byte> RecordedEvidence { get; }
}
