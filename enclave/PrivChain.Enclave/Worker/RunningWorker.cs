using PrivChain.Core.Hpke;
using PrivChain.Core.Keys;
using PrivChain.Enclave.Broker;

namespace PrivChain.Enclave.Worker;

/// <summary>One worker session: an account and a key that exist in this process only, and what the ledger says of them. Wiped on dispose.</summary>
internal sealed class RunningWorker(Account account, HpkePrivateKey sessionKey, byte[] evidence, AdmittedWorker admitted, TimeProvider time) : IDisposable
{
    /// <summary>Signs deliveries, copies and tallies.</summary>
    public Account Account { get; } = account;

    /// <summary>Opens sessions and releases.</summary>
    public HpkePrivateKey SessionKey { get; } = sessionKey;

    /// <summary>The evidence that the session entry names.</summary>
    public byte[] Evidence { get; } = evidence;

    /// <summary>What was recorded.</summary>
    public AdmittedWorker Admitted { get; } = admitted;

    /// <summary>What it refused.</summary>
    public RefusedCounts Refused { get; } = new(time);

    /// <inheritdoc/>
    public void Dispose()
    {
        Account.Dispose();
        SessionKey.Dispose();
    }
}
