using PrivChain.App.Language;
using PrivChain.Core.Contracts;
using PrivChain.Sdk.Organisations;

namespace PrivChain.App.Wallets;

/// <summary>Organisations' names as a person may read them: what could deceive is taken out of the text, and a name that looks like another's is said to.</summary>
internal static class Names
{
    /// <summary>The name in the reader's language; with a certificate, the name that it certifies.</summary>
    public static string Of(VerifiedOrganisation organisation, Words words) =>
        TerminalText.Neutralise(organisation.CertifiedName ?? (words.IsChinese && organisation.Profile.NameZh.Length > 0 ? organisation.Profile.NameZh : organisation.Profile.NameEn));

    /// <summary>Names of other organisations that this one could be taken for, and whether its own mixes alphabets or hides characters.</summary>
    public static (IReadOnlyList<string> Near, bool Odd) Doubts(VerifiedOrganisation organisation, IEnumerable<VerifiedOrganisation> all, Words words) =>
        ([.. LookalikeNames.Near(organisation, all).Select(other => Of(other, words)).Distinct()], LookalikeNames.IsOdd(organisation));
}
