using System.Runtime.InteropServices;
using PrivChain.Core.Bytes;
using PrivChain.Core.Keys;
using PrivChain.Core.Refusals;

namespace PrivChain.Core.Ledger;

/// <summary>An entry whose signature by <see cref="Entry.Signer"/> over this ledger's domain was checked. Only <see cref="Authenticate"/> makes one.</summary>
public sealed class AuthenticEntry
{
    // Not worth a second thread.
    private const int FewEntries = 16;

    private AuthenticEntry(Entry entry, Digest digest)
    {
        Entry = entry;
        Digest = digest;
    }

    /// <summary>How many entries one core checks at once in <see cref="ReadAll"/>: 1 where nothing is gained by more.</summary>
    public static int SideBySide => Secp256k1.SideBySide;

    /// <summary>The entry.</summary>
    public Entry Entry { get; }

    /// <summary>Digest of the signed document.</summary>
    public Digest Digest { get; }

    /// <summary>
    /// Checks the signature. A signature for another ledger or chain recovers another signer and is refused as <see cref="RefusalReason.BadSignature"/>; an entry of
    /// another suite as <see cref="RefusalReason.WrongSuite"/>.
    /// </summary>
    public static Verdict<AuthenticEntry> Authenticate(Entry entry, LedgerDomain domain) => AuthenticateAll([entry], domain)[0];

    /// <summary>As <see cref="Authenticate"/> for many entries, in the same order; faster, since their signatures are checked side by side.</summary>
    public static Verdict<AuthenticEntry>[] AuthenticateAll(ReadOnlySpan<Entry> entries, LedgerDomain domain)
    {
        var digests = new Digest[entries.Length];
        var signed = new Digest[entries.Length];
        var signatures = new AccountSignature[entries.Length];
        for (var i = 0; i < entries.Length; i++)
        {
            // Those of another suite are refused below; nothing recovers from the empty signature that takes their place.
            digests[i] = entries[i].DocumentDigest;
            signed[i] = domain.SigningDigest(digests[i]);
            signatures[i] = IsOf(entries[i], domain) ? entries[i].Signature : default;
        }

        var signers = new AccountAddress?[entries.Length];
        domain.Suite.RecoverAll(signed, signatures, signers);
        var verdicts = new Verdict<AuthenticEntry>[entries.Length];
        for (var i = 0; i < entries.Length; i++)
        {
            verdicts[i] = IsOf(entries[i], domain) ? Judge(entries[i], digests[i], signers[i]) : domain.Suite.Refusal($"{entries[i].Kind} entry");
        }

        return verdicts;
    }

    /// <summary>
    /// Parses and authenticates many entries on all cores, and on each side by side: a verdict for each, in the same order. What is no entry, or none that is <paramref name="wanted"/>, is
    /// <see cref="RefusalReason.Malformed"/>.
    /// </summary>
    public static Verdict<AuthenticEntry>[] ReadAll(IReadOnlyList<ReadOnlyMemory<byte>> entries, LedgerDomain domain, Func<Entry, bool>? wanted = null)
    {
        ArgumentNullException.ThrowIfNull(entries);
        var verdicts = new Verdict<AuthenticEntry>[entries.Count];
        var size = SideBySide;
        if (entries.Count <= Math.Max(size, FewEntries))
        {
            Part(0, entries.Count);
        }
        else
        {
            Parallel.For(0, (entries.Count + size - 1) / size, part => Part(part * size, Math.Min((part + 1) * size, entries.Count)));
        }

        return verdicts;

        void Part(int start, int end)
        {
            var places = new List<int>(end - start);
            var parsed = new List<Entry>(end - start);
            for (var i = start; i < end; i++)
            {
                if (Entry.TryParse(entries[i].Span, out var entry) && (wanted is null || wanted(entry)))
                {
                    places.Add(i);
                    parsed.Add(entry);
                }
                else
                {
                    verdicts[i] = Verdict<AuthenticEntry>.Refuse(RefusalReason.Malformed, "the bytes are no entry");
                }
            }

            var authentic = AuthenticateAll(CollectionsMarshal.AsSpan(parsed), domain);
            for (var i = 0; i < authentic.Length; i++)
            {
                verdicts[places[i]] = authentic[i];
            }
        }
    }

    /// <summary>
    /// Takes an entry as authentic WITHOUT looking at its signature. Only for the owner of a ledger that reads back what it checked before it wrote it, and
    /// that compares the root over all of it with its own signed checkpoint before it relies on any. Never for bytes from anybody else.
    /// </summary>
    public static AuthenticEntry DangerouslyAssumeAuthentic(Entry entry) => new(entry, entry.DocumentDigest);

    /// <summary>As <see cref="DangerouslyAssumeAuthentic(Entry)"/> with the digest that was kept beside the entry: neither is looked at.</summary>
    public static AuthenticEntry DangerouslyAssumeAuthentic(Entry entry, Digest digest) => new(entry, digest);

    /// <summary>The same entry at the time the sequencer gives it: time is not part of the signed document.</summary>
    public AuthenticEntry At(ulong time) => new(Entry with { Time = time }, Digest);

    private static bool IsOf(Entry entry, LedgerDomain domain) => entry.Suite == domain.Suite && entry.Signature.Suite == domain.Suite;

    private static Verdict<AuthenticEntry> Judge(Entry entry, Digest digest, AccountAddress? signer) => signer == entry.Signer
        ? new AuthenticEntry(entry, digest)
        : Verdict<AuthenticEntry>.Refuse(RefusalReason.BadSignature, $"{entry.Kind} entry is not signed by {entry.Signer} for this ledger");
}
