using PrivChain.Core.Bytes;
using PrivChain.Core.Documents;
using PrivChain.Core.Keys;

namespace PrivChain.Core.Ledger;

/// <summary>Makes a person's entries and has them signed: by a key, or by a wallet that shows the whole document.</summary>
/// <param name="domain">The ledger's domain.</param>
/// <param name="signer">Who signs; stays the caller's.</param>
public sealed class PersonalEntrySigner(LedgerDomain domain, IAccountSigner signer)
{
    /// <summary>Consents.</summary>
    public Task<Entry> GrantAsync(
        Digest contract, AccountAddress controller, ulong notBefore, ulong notAfter, uint uses, uint price, ConsentDetails details, CancellationToken cancellationToken = default) =>
        SignAsync(
            EntryDraft.Grant(domain, signer.Address, contract, controller, notBefore, notAfter, uses, price, details), entry => EntryTypedData.ToJson(domain, entry, details), cancellationToken);

    /// <summary>Anchors what the person states of themselves.</summary>
    public Task<Entry> AnchorOwnAsync(Digest record, AnchorDetails details, CancellationToken cancellationToken = default) =>
        SignAsync(EntryDraft.AnchorOwn(domain, signer.Address, record, details), entry => EntryTypedData.ToJson(domain, entry, details), cancellationToken);

    /// <summary>Revokes a consent.</summary>
    public Task<Entry> RevokeAsync(Digest consent, StatedReason reason, CancellationToken cancellationToken = default) =>
        SignAsync(EntryDraft.Revoke(domain, signer.Address, consent, reason), entry => EntryTypedData.ToJson(domain, entry, reason), cancellationToken);

    /// <summary>Erases a record.</summary>
    public Task<Entry> EraseAsync(Digest record, StatedReason reason, CancellationToken cancellationToken = default) =>
        SignAsync(EntryDraft.Erase(domain, signer.Address, record, reason), entry => EntryTypedData.ToJson(domain, entry, reason), cancellationToken);

    private async Task<Entry> SignAsync(Entry draft, Func<Entry, string> json, CancellationToken cancellationToken)
    {
        domain.Require(signer);
        var signature = await signer.SignTypedAsync(domain.SigningDigest(draft.DocumentDigest), () => json(draft), cancellationToken).ConfigureAwait(false);
        return draft with { Signature = signature };
    }
}
