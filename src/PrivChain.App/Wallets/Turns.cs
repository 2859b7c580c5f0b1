using PrivChain.Core.Bytes;

namespace PrivChain.App.Wallets;

/// <summary>Whose inboxes the next look reads. Each institution writes to one of its own, and each is a call: those near to the person are read every time, and of the others, of whom there may be hundreds, some.</summary>
internal sealed class Turns
{
    /// <summary>Of the others, in one look.</summary>
    public const int AtOnce = 16;

    private readonly HashSet<AccountAddress> _expected = [];
    private int _next;

    /// <summary>This one is near from now on: it has got a contact of the person's.</summary>
    public void Expect(AccountAddress institution) => _expected.Add(institution);

    /// <summary>Whom to read.</summary>
    /// <param name="all">Every institution, in an order that stays.</param>
    /// <param name="near">Those that have asked or may ask again.</param>
    public IReadOnlyCollection<AccountAddress> Next(IReadOnlyList<AccountAddress> all, IEnumerable<AccountAddress> near)
    {
        var chosen = near.Concat(_expected).ToHashSet();
        var others = all.Where(institution => !chosen.Contains(institution)).ToList();
        for (var i = 0; i < Math.Min(AtOnce, others.Count); i++)
        {
            chosen.Add(others[_next++ % others.Count]);
        }

        return chosen;
    }
}
