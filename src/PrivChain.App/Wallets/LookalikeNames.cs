using PrivChain.Core.Contracts;
using PrivChain.Sdk.Organisations;

namespace PrivChain.App.Wallets;

/// <summary>Which organisations could be taken for another: every name that may be shown is compared with every name of the others.</summary>
internal static class LookalikeNames
{
    // One letter more, fewer or other in a name of some length.
    private const int NearEdits = 2;
    private const int ShortName = 6;
    private const int LongChineseName = 10;

    /// <summary>Other organisations, in whatever role, with a name like one of this one's. Two enrolments that one authority certified alike are one organisation.</summary>
    public static IEnumerable<VerifiedOrganisation> Near(VerifiedOrganisation organisation, IEnumerable<VerifiedOrganisation> all)
    {
        var own = Of(organisation);
        return all.Where(other => other.Profile.Account != organisation.Profile.Account
            && !organisation.IsCertifiedAs(other)
            && Of(other).Any(theirs => own.Any(name => IsNear(Plain(name), Plain(theirs)))));
    }

    /// <summary>Whether a name of it mixes alphabets or hides characters.</summary>
    public static bool IsOdd(VerifiedOrganisation organisation) => Of(organisation).Any(name => LookalikeText.HasHidden(name) || LookalikeText.MixesAlphabets(name));

    private static List<string> Of(VerifiedOrganisation organisation) =>
        [.. new[] { organisation.Profile.NameEn, organisation.Profile.NameZh, organisation.CertifiedName }.OfType<string>().Where(name => name.Length > 0).Distinct()];

    private static bool IsNear(string left, string right) =>
        left.Length > 0 && (left == right || (Math.Min(left.Length, right.Length) is var length && length >= ShortName && Edits(left, right) <= MostEdits(left + right, length)));

    // One Chinese character more, fewer or other is usually another name: two bureaus of one city differ by no more.
    private static int MostEdits(string names, int length) => !names.Any(letter => letter is >= '\u3400' and <= '\u9fff') ? NearEdits : length >= LongChineseName ? 1 : 0;

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
