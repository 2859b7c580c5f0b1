using PrivChain.Core.Bytes;

namespace PrivChain.Core.Ledger;

/// <summary>An enrolment that enough governors have signed.</summary>
public sealed class Enrolment
{
    private readonly ulong _notBefore;
    private readonly ulong _notAfter;

    internal Enrolment(Entry entry, Digest document, ulong index)
    {
        Role = entry.Role;
        Account = entry.Party;
        Subject = entry.Reference;
        Profile = entry.Details;
        Document = document;
        Index = index;
        _notBefore = entry.NotBefore;
        _notAfter = entry.NotAfter;
    }

    /// <summary>What was admitted.</summary>
    public LedgerRole Role { get; }

    /// <summary>The admitted account; zero for a measurement.</summary>
    public AccountAddress Account { get; }

    /// <summary>Key fingerprint or measurement digest.</summary>
    public Digest Subject { get; }

    /// <summary>SHA-256 of the public profile document.</summary>
    public Digest Profile { get; }

    /// <summary>Digest of the enrolment document.</summary>
    public Digest Document { get; }

    /// <summary>Index of the entry whose vote completed it.</summary>
    public ulong Index { get; }

    /// <summary>Index of the entry that completed the expulsion, or null.</summary>
    public ulong? ExpelledAt { get; internal set; }

    /// <summary>Unix seconds until which it holds, inclusive, unless it is expelled before.</summary>
    public ulong NotAfter => _notAfter;

    /// <summary>True when it holds at this time (unix ms): within its dates and not expelled.</summary>
    public bool HoldsAt(ulong time) => ExpelledAt is null && time / 1000 >= _notBefore && time / 1000 <= _notAfter;
}
