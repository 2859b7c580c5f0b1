using PrivChain.Core.Bytes;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Core.Tree;

namespace PrivChain.Sdk.Connection;

/// <summary>
/// A followed ledger as bytes. Layout: version, ledger id, frontier block, checkpoint block, number of entries, then each entry's bytes and the digest of its document: with the digest kept,
/// nothing has to be hashed again.
/// </summary>
internal static class FollowedState
{
    private const byte LayoutVersion = 1;
    private const int MaxFrontier = 8 + (64 * Digest.Size);
    private const int MaxNote = 64 * 1024;

    /// <summary>What was read.</summary>
    public sealed record Content(MerkleFrontier Frontier, byte[] Note, IReadOnlyList<(byte[] Bytes, AuthenticEntry Authentic)> Entries);

    public static byte[] Write(LedgerDomain ledger, MerkleFrontier frontier, ReadOnlySpan<byte> note, IReadOnlyCollection<(byte[] Bytes, Digest Digest)> entries)
    {
        var writer = new RecordWriter(MaxFrontier + note.Length + 64 + (entries.Count * (ledger.Suite.EntrySize + Digest.Size)))
            .Byte(LayoutVersion).Digest(ledger.LedgerId).Block(frontier.ToArray()).Block(note).UInt64((ulong)entries.Count);
        foreach (var (bytes, digest) in entries)
        {
            writer.Raw(bytes).Digest(digest);
        }

        return writer.ToArray();
    }

    public static Verdict<Content> Read(ReadOnlySpan<byte> bytes, LedgerDomain ledger)
    {
        var reader = new RecordReader(bytes);
        var version = reader.Byte();
        var of = reader.Digest();
        var frontierBytes = reader.Block(MaxFrontier);
        var note = reader.Block(MaxNote);
        var count = reader.UInt64();
        if (reader.Failed || version != LayoutVersion || !MerkleFrontier.TryParse(ledger.Suite.Tree, frontierBytes, out var frontier) || count > int.MaxValue || (ulong)reader.Remaining != count * (ulong)(ledger.Suite.EntrySize + Digest.Size))
        {
            return Verdict<Content>.Refuse(RefusalReason.Malformed, "the kept ledger is not in its form");
        }

        if (of != ledger.LedgerId)
        {
            return Verdict<Content>.Refuse(RefusalReason.WrongLedger, $"wanted {ledger.LedgerId}, kept is {of}");
        }

        var entries = new List<(byte[], AuthenticEntry)>((int)count);
        for (var index = 0UL; index < count; index++)
        {
            var raw = reader.Take(ledger.Suite.EntrySize).ToArray();
            var digest = reader.Digest();
            if (!Entry.TryParse(raw, out var entry))
            {
                return Verdict<Content>.Refuse(RefusalReason.Malformed, $"kept entry {index} is malformed");
            }

            entries.Add((raw, AuthenticEntry.DangerouslyAssumeAuthentic(entry, digest)));
        }

        return new Content(frontier, note.ToArray(), entries);
    }
}
