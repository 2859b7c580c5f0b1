using PrivChain.Core.Bytes;
using PrivChain.Core.Documents;
using PrivChain.Core.Keys;

namespace PrivChain.Core.Ledger;

/// <summary>Makes and signs entries: one method for each kind, named after what the signer does.</summary>
/// <param name="domain">The ledger's domain.</param>
/// <param name="account">The signer; stays the caller's.</param>
public sealed class EntrySigner(LedgerDomain domain, Account account)
{
    /// <summary>Admits an organisation, broker or measurement.</summary>
    public Entry Enrol(LedgerRole role, AccountAddress party, Digest subject, Digest profile, ulong notBefore, ulong notAfter, uint points = 0) => Sign(new Entry
    {
        Kind = EntryKind.Enrol, Role = role, Signer = account.Address, Party = party, Reference = subject, Details = profile,
        NotBefore = notBefore, NotAfter = notAfter, Price = points,
    });

    /// <summary>Ends an enrolment.</summary>
    public Entry Expel(LedgerRole role, AccountAddress party, Digest subject, Digest reason) => Sign(new Entry
    {
        Kind = EntryKind.Expel, Role = role, Signer = account.Address, Party = party, Reference = subject, Details = reason,
    });

    /// <summary>Publishes a contract with the limits that the ledger enforces.</summary>
    public Entry Publish(Digest contract, ulong maxSeconds, uint maxUses, uint price) => Sign(new Entry
    {
        Kind = EntryKind.Publish, Signer = account.Address, Reference = contract, NotAfter = maxSeconds, Count = maxUses, Price = price,
    });

    /// <summary>Approves a contract; <paramref name="opinion"/> is the digest of the regulator's opinion, salted, never the same twice.</summary>
    public Entry Approve(Digest contract, Digest opinion) => Sign(new Entry
    {
        Kind = EntryKind.Approve, Signer = account.Address, Reference = contract, Details = opinion,
    });

    /// <summary>Takes an approval back.</summary>
    public Entry Withdraw(Digest contract, Digest opinion) => Sign(new Entry
    {
        Kind = EntryKind.Withdraw, Signer = account.Address, Reference = contract, Details = opinion,
    });

    /// <summary>Anchors a record.</summary>
    public Entry Anchor(Digest record, AccountAddress holder, AnchorDetails details) => Sign(new Entry
    {
        Kind = EntryKind.Anchor, Signer = account.Address, Party = holder, Reference = record, Details = details.StructHash(domain.Suite),
    });

    /// <summary>Consents.</summary>
    public Entry Grant(Digest contract, AccountAddress controller, ulong notBefore, ulong notAfter, uint uses, uint price, ConsentDetails details) =>
        Sign(EntryDraft.Grant(domain, account.Address, contract, controller, notBefore, notAfter, uses, price, details));

    /// <summary>Revokes a consent.</summary>
    public Entry Revoke(Digest consent, StatedReason reason) => Sign(EntryDraft.Revoke(domain, account.Address, consent, reason));

    /// <summary>Records a worker's session.</summary>
    public Entry Session(AccountAddress worker, Digest measurement, ulong notBefore, ulong notAfter, SessionDetails details) => Sign(new Entry
    {
        Kind = EntryKind.Session, Signer = account.Address, Party = worker, Reference = measurement, Details = details.StructHash(domain.Suite),
        NotBefore = notBefore, NotAfter = notAfter,
    });

    /// <summary>Records a use of <paramref name="count"/> queries under the Merkle root <paramref name="queries"/>.</summary>
    public Entry Use(Digest consent, AccountAddress worker, uint count, Digest queries) => Sign(new Entry
    {
        Kind = EntryKind.Use, Signer = account.Address, Party = worker, Reference = consent, Details = queries, Count = count,
    });

    /// <summary>Records what was delivered for a use: the digest of its receipt core.</summary>
    public Entry Deliver(Digest use, Digest receipt) => Sign(new Entry
    {
        Kind = EntryKind.Deliver, Signer = account.Address, Reference = use, Details = receipt,
    });

    /// <summary>Erases a record.</summary>
    public Entry Erase(Digest record, StatedReason reason) => Sign(EntryDraft.Erase(domain, account.Address, record, reason));

    private Entry Sign(Entry entry)
    {
        var document = entry with { Suite = domain.Suite };
        return document with { Signature = domain.Sign(account, document.DocumentDigest) };
    }
}
