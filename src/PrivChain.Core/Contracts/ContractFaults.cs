using PrivChain.Core.Refusals;

namespace PrivChain.Core.Contracts;

/// <summary>Collects everything wrong with a document, so that its author mends it in one go.</summary>
internal sealed class ContractFaults
{
    /// <summary>A hostile text must not make an endless report.</summary>
    private const int MaximumFaults = 64;

    private readonly List<ContractFault> _faults = [];

    public bool Any => _faults.Count > 0;

    public IReadOnlyList<ContractFault> All => _faults;

    public void Add(string path, string text, RefusalReason reason = RefusalReason.Malformed)
    {
        if (_faults.Count < MaximumFaults)
        {
            _faults.Add(new ContractFault(path, text, reason));
        }
    }

    /// <summary>One refusal for all of them. The reason is the one that all share, otherwise that the text is malformed.</summary>
    public Refusal ToRefusal()
    {
        var reasons = _faults.Select(fault => fault.Reason).Distinct().ToList();
        return new Refusal(reasons.Count == 1 ? reasons[0] : RefusalReason.Malformed, string.Join("; ", _faults.Select(fault => $"{fault.Path}: {fault.Text}")));
    }
}

/// <summary>One fault: where, what was wanted, and the reason it stands for.</summary>
internal sealed record ContractFault(string Path, string Text, RefusalReason Reason);
