using PrivChain.App.Language;
using PrivChain.Core.Contracts;
using PrivChain.Sdk.Organisations;

namespace PrivChain.App.Wallets;

/// <summary>Organisations' names as a person may read them: what could deceive is taken out of the text, and a name that looks like another's is said to.</summary>
internal static class Names
{
    // One letter more, fewer or other in a name of some length.
    private const int NearEdits = 2;
    private const int ShortName = 6;

    /// <summary>The name in the reader's language; with a certificate, the name that it certifies.</summary>
    public static string Of(VerifiedOrganisation organisation, Words words) =>
        TerminalText.Neutralise(organisation.CertifiedName ?? (words.IsChinese && organisation.Profile.NameZh.Length > 0 ? organisation.Profile.NameZh : organisation.Profile.NameEn));

    /// <summary>Names of other organisations that this one could be taken for, and whether its own mixes alphabets or hides characters.</summary>
    public static (IReadOnlyList<string> Near, bool Odd) Doubts(VerifiedOrganisation organisation, IEnumerable<VerifiedOrganisation> all, Words words)
    {
        var name = organisation.Profile.NameEn;
        string[] own = [name, organisation.Profile.NameZh];
        return (
            [.. all.Where(other => other.Profile.Account != organisation.Profile.Account && IsNear(Plain(name), Plain(other.Profile.NameEn))).Select(other => Of(other, words))],
            own.Any(text => LookalikeText.HasHidden(text) || LookalikeText.MixesAlphabets(text)));
    }

    internal static bool IsNear(string left, string right) => left == right || (left.Length >= ShortName && right.Length >= ShortName && Edits(left, right) <= NearEdits);

    private static string Plain(string name) => string.Concat(name.Where(char.IsLetterOrDigit)).ToLowerInvariant().Replace('0', 'o').Replace('1', 'l').Replace('i', 'l');

    private static int Edits(string left, string right)
    {
        var row = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var i = 1; i <= left.Length; i++)
        {
            var corner = row[0];
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                (corner, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, corner + (left[i - 1] == right[j - 1] ? 0 : 1)));
            }
        }

        return row[right.Length];
    }
}
