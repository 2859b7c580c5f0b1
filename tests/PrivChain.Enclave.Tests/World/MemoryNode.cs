using System.Runtime.CompilerServices;
using Google.Protobuf;
using PrivChain.Core.Bytes;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Enclave.Node;
using PrivChain.Enclave.Worker;
using PrivChain.Schemas.V1;

namespace PrivChain.Enclave.Tests.World;

/// <summary>A node over a <see cref="MemoryLedger"/> that does what its hooks say: withhold, replace, lose answers.</summary>
internal sealed class MemoryNode(MemoryLedger ledger) : INode
{
    private int _copiesAsked;

    /// <summary>What it makes of each chunk; null withholds it.</summary>
    public Func<ReceivedChunk, ReceivedChunk?> Chunks { get; set; } = static chunk => chunk;

    /// <summary>What it makes of each append's claims.</summary>
    public Func<IReadOnlyList<AppendClaim>, IReadOnlyList<AppendClaim>> Claims { get; set; } = static claims => claims;

    /// <summary>What it hands out instead of a stored content.</summary>
    public Func<string, Digest, byte[], byte[]> Contents { get; set; } = static (_, _, content) => content;

    /// <summary>What it gives for collateral.</summary>
    public Func<GetCollateralRequest, IReadOnlyDictionary<string, ByteString>> Collateral { get; set; } = static _ => new Dictionary<string, ByteString>();

    /// <summary>Entries it was asked to append.</summary>
    public List<Entry> Appended { get; } = [];

    public async IAsyncEnumerable<ReceivedChunk> FollowAsync(ulong start, [EnumeratorCancellation] CancellationToken cancellation)
    {
        while (true)
        {
            var chunk = await ledger.NextAsync(start, cancellation);
            start += (ulong)chunk.Entries.Count;
            if (Chunks(chunk) is { } told)
            {
                yield return told;
            }
        }
    }

    public Task<IReadOnlyList<AppendClaim>> AppendAsync(IReadOnlyList<ReadOnlyMemory<byte>> entries, CancellationToken cancellation)
    {
        var claims = new List<AppendClaim>();
        foreach (var bytes in entries)
        {
            Assert.IsTrue(Entry.TryParse(bytes.Span, out var entry));
            lock (Appended)
            {
                Appended.Add(entry);
            }

            claims.Add(ledger.Append(entry));
        }

        return Task.FromResult(Claims(claims));
    }

    public Task PutDocumentAsync(ReadOnlyMemory<byte> content, CancellationToken cancellation)
    {
        ledger.Documents[Digest.OfSha256(content.Span)] = content.ToArray();
        return Task.CompletedTask;
    }

    public Task<byte[]> GetDocumentAsync(Digest digest, CancellationToken cancellation) => Get("document", ledger.Documents, digest);

    public Task<byte[]> GetConsentPackageAsync(Digest consent, CancellationToken cancellation) => Get("package", ledger.Packages, consent);

    public Task<byte[]> GetRecordAsync(Digest record, CancellationToken cancellation) => Get("record", ledger.Records, record);

    public Task<IReadOnlyDictionary<string, ByteString>> GetCollateralAsync(GetCollateralRequest wanted, CancellationToken cancellation) => Task.FromResult(Collateral(wanted));

    /// <summary>Whose inbox is full.</summary>
    public AccountAddress? FullInbox { get; set; }

    public Task SendAsync(IReadOnlyList<(AccountAddress To, byte[] Box)> messages, CancellationToken cancellation)
    {
        if (messages.Any(message => message.To == FullInbox))
        {
            return Task.FromException(new RefusalException(new Refusal(RefusalReason.Overloaded, "full")));
        }

        foreach (var message in messages)
        {
            ledger.Inbox.Enqueue(message);
        }

        return Task.CompletedTask;
    }

    /// <summary>Why it takes no tallies; null: it takes them.</summary>
    public RefusalReason? TalliesRefused { get; set; }

    public Task PutTalliesAsync(IReadOnlyList<(AccountAddress Regulator, byte[] Box)> tallies, CancellationToken cancellation)
    {
        if (TalliesRefused is { } reason)
        {
            return Task.FromException(new RefusalException(new Refusal(reason, "tallies")));
        }

        foreach (var tally in tallies)
        {
            ledger.Tallies.Enqueue(tally);
        }

        return Task.CompletedTask;
    }

    /// <summary>Why it takes no regulator's copies; null: it takes them.</summary>
    public RefusalReason? CopiesRefused { get; set; }

    /// <summary>How often it was asked to take some.</summary>
    public int CopiesAsked => _copiesAsked;

    public Task PutAuditCopiesAsync(IReadOnlyList<SealedAuditCopy> copies, CancellationToken cancellation)
    {
        Interlocked.Increment(ref _copiesAsked);
        if (CopiesRefused is { } reason)
        {
            return Task.FromException(new RefusalException(new Refusal(reason, "copies")));
        }

        foreach (var copy in copies)
        {
            ledger.Copies.Enqueue(copy);
        }

        return Task.CompletedTask;
    }

    private Task<byte[]> Get(string kind, System.Collections.Concurrent.ConcurrentDictionary<Digest, byte[]> held, Digest digest) =>
        held.TryGetValue(digest, out var content)
            ? Task.FromResult(Contents(kind, digest, content))
            : Task.FromException<byte[]>(new RefusalException(new Refusal(RefusalReason.NotFound, kind)));
}
