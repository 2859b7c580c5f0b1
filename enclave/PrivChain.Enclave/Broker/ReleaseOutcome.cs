using PrivChain.Core.Refusals;

namespace PrivChain.Enclave.Broker;

/// <summary>What became of a request.</summary>
/// <param name="Releases">One for each use that was recorded; usually one, several when only some of the queries fitted.</param>
/// <param name="Refused">For each query by position, why not, or <see cref="RefusalReason.None"/> when it is in a release.</param>
/// <param name="AnswerSize">Padded size of answers and refusals alike: that of the contract, or the smallest when there is none.</param>
internal sealed record ReleaseOutcome(IReadOnlyList<Release> Releases, IReadOnlyList<RefusalReason> Refused, int AnswerSize);
