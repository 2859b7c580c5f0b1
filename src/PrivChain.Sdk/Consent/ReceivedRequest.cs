using PrivChain.Core.Documents;
using PrivChain.Sdk.Organisations;

namespace PrivChain.Sdk.Consent;

/// <summary>A request that waits for an answer, from an institution whose enrolment and signature were verified.</summary>
/// <param name="Id">Number in the inbox.</param>
/// <param name="From">Who asks.</param>
/// <param name="Request">What is asked.</param>
/// <param name="SentAt">As the institution says.</param>
public sealed record ReceivedRequest(ulong Id, VerifiedOrganisation From, ConsentRequest Request, DateTimeOffset SentAt);
