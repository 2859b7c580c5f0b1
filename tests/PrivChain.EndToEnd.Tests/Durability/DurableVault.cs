using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using PrivChain.Cli.Deployment;
using PrivChain.Core.Bytes;
using PrivChain.Core.Refusals;
using PrivChain.Sdk.Connection;
using PrivChain.Sdk.Consent;
using PrivChain.Sdk.Issuing;

namespace PrivChain.EndToEnd.Tests.Durability;

/// <summary>What the vault of a <see cref="DurableLedger"/> promised: documents, and sealed records with their anchors and notices.</summary>
internal sealed class DurableVault(DurableLedger ledger) : IDisposable
{
    private const int Writers = 3;

    private readonly RoleKeys _person = RoleKeys.Generate();
    private readonly ConcurrentQueue<Digest> _documents = new();
    private readonly ConcurrentQueue<Digest> _records = new();

    public int Acknowledged => _documents.Count + _records.Count;

    /// <summary>Stores documents and issues records from several tasks at once until each was refused for the disk's sake, or <paramref name="enough"/> were acknowledged. True when all were refused.</summary>
    public async Task<bool> LoadAsync(Uri node, int enough)
    {
        var before = Acknowledged;
        var ended = await Task.WhenAll(Enumerable.Range(0, Writers).SelectMany(_ => new[] { WriteAsync(node, PutDocumentAsync), WriteAsync(node, IssueAsync) }));
        return ended.All(reason => reason == RefusalReason.StorageFailed);

        async Task<RefusalReason> WriteAsync(Uri to, Func<PrivChainConnection, Task> write)
        {
            using var connection = await ledger.ConnectAsync(to);
            try
            {
                while (Acknowledged - before < enough)
                {
                    await write(connection);
                }

                return RefusalReason.None;
            }
            catch (RefusalException exception)
            {
                return exception.Reason;
            }
        }
    }

    /// <summary>Nothing more is taken, though the disk works again.</summary>
    public async Task RequireRefusalAsync(Uri node)
    {
        using var connection = await ledger.ConnectAsync(node);
        for (var i = 0; i < 3; i++)
        {
            Assert.AreEqual(RefusalReason.StorageFailed, (await Assert.ThrowsExactlyAsync<RefusalException>(() => PutDocumentAsync(connection))).Reason);
            Assert.AreEqual(RefusalReason.StorageFailed, (await Assert.ThrowsExactlyAsync<RefusalException>(() => IssueAsync(connection))).Reason);
        }
    }

    /// <summary>Every document is there as it was; every record that the ledger anchors opens and verifies, the acknowledged ones among them.</summary>
    public async Task VerifyAsync(Uri node)
    {
        using var connection = await ledger.ConnectAsync(node);
        foreach (var digest in _documents)
        {
            Assert.AreEqual(digest, Digest.OfSha256((await connection.GetDocumentAsync(digest)).Span));
        }

        using var citizen = new CitizenClient(connection, _person.Wallet);
        await connection.Ledger.RefreshAsync();
        var held = await citizen.RecordsAsync();
        var missing = _records.Except(held.Select(record => record.Digest)).ToList();
        foreach (var record in held)
        {
            record.Dispose();
        }

        Assert.IsEmpty(missing, $"{missing.Count} of {_records.Count} acknowledged records are lost");
    }

    public void Dispose() => _person.Dispose();

    private async Task PutDocumentAsync(PrivChainConnection connection) =>
        _documents.Enqueue(await connection.PutDocumentAsync(ledger.Registry.Account, RandomNumberGenerator.GetBytes(2000)));

    private async Task IssueAsync(PrivChainConnection connection)
    {
        using var citizen = new CitizenClient(connection, _person.Wallet);
        var issued = await new IssuerClient(connection, ledger.Registry.Account, ledger.Registry.IssuerKey)
            .IssueAsync("identity-card/1", Encoding.UTF8.GetBytes(World.IdentityClaims().ToJsonString()), citizen.ContactFor(ledger.Registry.Account.Address));
        _records.Enqueue(issued.Record);
    }
}
