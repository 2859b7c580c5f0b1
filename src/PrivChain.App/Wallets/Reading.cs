using PrivChain.Sdk.Connection;

namespace PrivChain.App.Wallets;

/// <summary>How far one reading of a ledger has come, for whoever shows it: several may be under way, and each page shows its own.</summary>
public sealed class Reading : IProgress<LedgerProgress>
{
    public event Action? Changed;

    public LedgerProgress Progress { get; private set; }

    public void Report(LedgerProgress value)
    {
        Progress = value;
        Changed?.Invoke();
    }
}
