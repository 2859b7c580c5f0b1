using PrivChain.Core.Contracts;
using PrivChain.Core.Documents;
using PrivChain.Core.Ledger;
using PrivChain.Core.Records;
using PrivChain.Core.Refusals;
using PrivChain.Node.Ledger;
using PrivChain.Node.Vault;

namespace PrivChain.Node.Services;

/// <summary>
/// What this node asks of an entry before the rules do: that the public document it names is here and is what it says, and that a contract asks for no more than its purpose allows. The
/// rules alone decide what is lawful; this keeps nonsense out, and the trail complete.
/// </summary>
internal sealed class Admission(ILedgerEngine ledger, RecordStore store, Eraser eraser)
{
    /// <summary>Appends an authentic entry and does what follows from it.</summary>
    public async Task<Verdict<Appended>> AppendAsync(AuthenticEntry authentic)
    {
        var entry = authentic.Entry;
        if (Check(entry) is { } refusal)
        {
            return refusal;
        }

        var appended = await ledger.AppendAsync(authentic);
        if (appended.Accepted && entry.Kind == EntryKind.Erase)
        {
            eraser.Destroy(entry.Reference);
        }

        return appended;
    }

    private Refusal? Check(Entry entry)
    {
        if (PublicDocument.DigestOf(entry) is not { } digest)
        {
            return null;
        }

        if (store.Document(digest) is not { } document)
        {
            return new Refusal(RefusalReason.UnknownReference, entry.Kind == EntryKind.Publish ? "the contract's text is not stored" : "the profile is not stored");
        }

        return PublicDocument.Judge(entry, document, SchemaCatalog.BuiltIn) ?? (entry.Kind == EntryKind.Publish ? CheckAsking(document) : null);
    }

    private Refusal? CheckAsking(byte[] text)
    {
        var contract = PrivacyContract.Parse(text, SchemaCatalog.BuiltIn, ledger.Domain.Suite).OrThrow();
        return ContractChecker.RefusalOf([.. ContractChecker.Check(contract, PurposeProfile.BuiltIn, OthersOf(contract))]);
    }

    // What a controller learns from two contracts together counts as one question.
    private List<PrivacyContract> OthersOf(PrivacyContract contract) =>
    [
        .. ledger.Query(state => state.Contracts.Where(other => other.Controller == contract.Controller && state.IsApproved(other.Digest)).Select(other => other.Digest).ToList())
            .Select(digest => store.Document(digest) is { } text && PrivacyContract.Parse(text, SchemaCatalog.BuiltIn, ledger.Domain.Suite) is { Accepted: true } parsed ? parsed.Value : null)
            .OfType<PrivacyContract>(),
    ];
}
