using PrivChain.Core.Contracts;
using PrivChain.Core.Ledger;
using PrivChain.Core.Records;
using PrivChain.Core.Refusals;
using PrivChain.Node.Ledger;
using PrivChain.Node.Vault;

namespace PrivChain.Node.Services;

/// <summary>
/// What this node asks of an entry before the rules do: that the public documents it names are here, and that a contract holds what its publication says and asks for no more than its purpose allows. The
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
        switch (entry.Kind)
        {
            case EntryKind.Enrol when entry.Role != LedgerRole.Measurement && store.Document(entry.Details) is null:
                return new Refusal(RefusalReason.UnknownReference, "the profile is not stored");
            case EntryKind.Publish:
                return CheckContract(entry);
            default:
                return null;
        }
    }

    private Refusal? CheckContract(Entry entry)
    {
        if (store.Document(entry.Reference) is not { } text)
        {
            return new Refusal(RefusalReason.UnknownReference, "the contract's text is not stored");
        }

        var parsed = PrivacyContract.Parse(text, SchemaCatalog.BuiltIn);
        if (!parsed.Accepted)
        {
            return parsed.Refusal;
        }

        var contract = parsed.Value;
        if (contract.Controller != entry.Signer)
        {
            return new Refusal(RefusalReason.NotYours, "the contract names another controller");
        }

        if (contract.Limits.MaxUses != entry.Count || contract.Limits.Price != entry.Price || (ulong)contract.Limits.ValidDays * 86_400 != entry.NotAfter)
        {
            return new Refusal(RefusalReason.TermsOutsideContract, "the publication's limits are not the contract's");
        }

        return ContractChecker.RefusalOf([.. ContractChecker.Check(contract, PurposeProfile.BuiltIn, OthersOf(contract))]);
    }

    // What a controller learns from two contracts together counts as one question.
    private List<PrivacyContract> OthersOf(PrivacyContract contract) =>
    [
        .. ledger.Query(state => state.Contracts.Where(other => other.Controller == contract.Controller && state.IsApproved(other.Digest)).Select(other => other.Digest).ToList())
            .Select(digest => store.Document(digest) is { } text && PrivacyContract.Parse(text, SchemaCatalog.BuiltIn) is { Accepted: true } parsed ? parsed.Value : null)
            .OfType<PrivacyContract>(),
    ];
}
