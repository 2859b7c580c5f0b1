using PrivChain.Core.Documents;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;

namespace PrivChain.Sdk.Organisations;

/// <summary>One enrolment of an organisation, whether it holds or not: what somebody relied on once must stay readable.</summary>
/// <param name="Enrolment">The enrolment.</param>
/// <param name="Holds">True when it holds now.</param>
/// <param name="Profile">The profile whose digest the enrolment names, its key checked.</param>
/// <param name="Certificate">The name in its certificate (empty where the ledger names no authority), or why the certificate is refused.</param>
internal sealed record FormerOrganisation(Enrolment Enrolment, bool Holds, OrganisationProfile Profile, Verdict<string> Certificate)
{
    /// <summary>The certificate's name where it verifies, otherwise the one that governors signed for.</summary>
    public string Name => Certificate is { Accepted: true, Value.Length: > 0 } certified ? certified.Value : Profile.NameEn;
}
