using PrivChain.Core.Documents;
using PrivChain.Core.Ledger;

namespace PrivChain.Sdk.Organisations;

/// <summary>An enrolled organisation: the profile that governors signed for, and, where the ledger names authorities, the certificate behind it.</summary>
/// <param name="Enrolment">The enrolment that holds.</param>
/// <param name="Profile">The profile whose digest the enrolment names.</param>
/// <param name="CertifiedName">The certificate's subject, its chain and binding verified for the time of the enrolment; null where the ledger names no authority.</param>
/// <param name="EnrolledSince">Ledger time of the entry that completed the enrolment.</param>
public sealed record VerifiedOrganisation(Enrolment Enrolment, OrganisationProfile Profile, string? CertifiedName, DateTimeOffset EnrolledSince)
{
    /// <summary>The name to show: the certificate's, otherwise the one that governors signed for.</summary>
    public string Name => CertifiedName ?? Profile.NameEn;

    /// <summary>Whether an authority says that this is the same legal person as another enrolment's: one issuer certified the same name, register, country and place for both.</summary>
    public bool IsCertifiedAs(VerifiedOrganisation other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return CertifiedName is not null && CertifiedName == other.CertifiedName && CertificateBinding.NameOne(Profile, other.Profile);
    }
}
