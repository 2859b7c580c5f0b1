using PrivChain.Core.Bytes;
using PrivChain.Core.Ledger;
using PrivChain.Sdk.Connection;
using PrivChain.Sdk.Organisations;

namespace PrivChain.Sdk.Consent;

/// <summary>A consent of one's own, with what became of it.</summary>
/// <param name="Digest">Document digest.</param>
/// <param name="Grant">As the verified ledger has it: uses left, revocation.</param>
/// <param name="Institution">To whom it was given.</param>
/// <param name="Uses">Uses on the ledger.</param>
/// <param name="Answers">The copies of what the institution saw, opened.</param>
public sealed record OwnConsent(Digest Digest, Grant Grant, VerifiedOrganisation? Institution, IReadOnlyList<UseInTrail> Uses, IReadOnlyList<SeenAnswer> Answers);
