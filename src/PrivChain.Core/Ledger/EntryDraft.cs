using PrivChain.Core.Bytes;
using PrivChain.Core.Documents;

namespace PrivChain.Core.Ledger;

/// <summary>A person's entries before they are signed.</summary>
internal static class EntryDraft
{
    public static Entry Grant(
        LedgerDomain domain, AccountAddress signer, Digest contract, AccountAddress controller, ulong notBefore, ulong notAfter, uint uses, uint price, ConsentDetails details) => new()
    {
        Suite = domain.Suite, Kind = EntryKind.Grant, Signer = signer, Party = controller, Reference = contract, Details = details.StructHash(domain.Suite),
        NotBefore = notBefore, NotAfter = notAfter, Count = uses, Price = price,
    };

    public static Entry AnchorOwn(LedgerDomain domain, AccountAddress signer, Digest record, AnchorDetails details) => new()
    {
        Suite = domain.Suite, Kind = EntryKind.Anchor, Signer = signer, Party = signer, Reference = record, Details = details.StructHash(domain.Suite),
    };

    public static Entry Revoke(LedgerDomain domain, AccountAddress signer, Digest consent, StatedReason reason) => new()
    {
        Suite = domain.Suite, Kind = EntryKind.Revoke, Signer = signer, Reference = consent, Details = reason.RevocationHash(domain.Suite),
    };

    public static Entry Erase(LedgerDomain domain, AccountAddress signer, Digest record, StatedReason reason) => new()
    {
        Suite = domain.Suite, Kind = EntryKind.Erase, Signer = signer, Reference = record, Details = reason.ErasureHash(domain.Suite),
    };
}
