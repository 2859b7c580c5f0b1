using PrivChain.Core.Bytes;
using PrivChain.Core.Documents;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Sdk.Connection;

namespace PrivChain.Sdk.Consent;

/// <summary>A consent of the person's, as the ledger has it now.</summary>
/// <param name="Digest">Digest of the consent.</param>
/// <param name="Grant">Contract, institution, times, uses left, revocation.</param>
/// <param name="Details">The details, from the copy that the person sent to the own inbox; null when that copy is gone.</param>
/// <param name="Uses">Every use on the ledger.</param>
/// <param name="Answers">Copies of the answers that the enclave left for the person, opened.</param>
public sealed record OwnConsent(Digest Digest, Grant Grant, ConsentDetails? Details, IReadOnlyList<UseInTrail> Uses, IReadOnlyList<AnswerCopy> Answers)
{
    /// <summary>Why the own copies of details and answers, or the contract, could not be read: then <see cref="Details"/> and <see cref="Answers"/> may lack what there is. Null when all was read.</summary>
    public Refusal? Trouble { get; init; }

    /// <summary>Uses that the ledger says were delivered, and of whose answers no copy is here: it is still on its way for a moment, or it was lost or is kept back.</summary>
    public IEnumerable<UseInTrail> CopiesDue => Uses.Where(use => use.DeliveredAt is not null && !Answers.Any(answer => answer.Core.Use == use.Use));

    /// <summary>True when the ledger would record another use at this moment, the institution's points apart.</summary>
    public bool IsActive(DateTimeOffset now) =>
        Grant.RevokedAt is null && Grant.UsesLeft > 0 && UnixTime.Seconds(now) >= Grant.NotBefore && UnixTime.Seconds(now) <= Grant.NotAfter;
}
