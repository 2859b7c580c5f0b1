using System.Text;
using System.Text.Json;
using PrivChain.Cli.Import;
using PrivChain.Core.Bytes;
using PrivChain.Core.Documents;
using PrivChain.Core.Keys;
using PrivChain.Core.Ledger;
using PrivChain.Core.Records;
using PrivChain.EndToEnd.Tests;
using PrivChain.Sdk.Consent;
using PrivChain.Sdk.Issuing;

namespace PrivChain.Benchmarks;

/// <summary>The import of the census, through files, sealing, the node and its ledger, against the sum of its primitives timed alone on all cores.</summary>
internal static class CensusImport
{
    private const int Citizens = 100;

    public static async Task RunAsync(ResultTable table, int rows, int rounds)
    {
        var data = Environment.GetEnvironmentVariable("PRIVCHAIN_DATA") ?? Path.Combine("..", "shared", "data");
        var file = Path.Combine(data, "census", "adult-train.csv");
        if (!File.Exists(file))
        {
            Console.WriteLine($"skipped: census import ({file} is absent)");
            return;
        }

        await using var world = await World.StartAsync();
        var mapping = ImportMapping.Load("adult-census", SchemaCatalog.BuiltIn).OrThrow();
        var claims = new List<JsonElement>();
        await foreach (var row in CsvRows.ReadAsync(file, mapping))
        {
            if (row.Claims is not null && claims.Count < rows)
            {
                claims.Add(JsonDocument.Parse(Encoding.UTF8.GetBytes(row.Claims.ToJsonString())).RootElement);
            }
        }

        // A person has a few records, not thousands: an inbox takes 10,000 messages.
        var contacts = Enumerable.Range(0, Citizens).Select(_ =>
        {
            using var citizen = new CitizenClient(world.Connection, Wallet.Open(Mnemonic.Generate()).OrThrow());
            return citizen.ContactFor(world.Registry.Account.Address);
        }).ToList();
        var signer = new EntrySigner(world.Connection.Domain, world.Registry.Account);
        var round = 0;
        var ratio = await Interleaved.MeasureAsync(
            rounds,
            async () =>
            {
                round++;
                var issued = 0;
                await foreach (var record in world.Issuer.IssueManyAsync(claims.Select((row, i) => new RecordToIssue($"{round}/{i}", mapping.Schema.Id, row, contacts[i % Citizens])).ToAsyncEnumerable()))
                {
                    issued += record.Issued ? 1 : throw new InvalidOperationException(record.Refusal!.ToString());
                }
            },
            () =>
            {
                Parallel.ForEach(claims, (row, _, i) =>
                {
                    var contact = contacts[(int)(i % Citizens)];
                    var sealedRecord = SealedRecord.Create(mapping.Schema, row, world.Registry.IssuerKey, "privchain", contact.Account, contact.EncryptionKey, 1).OrThrow();
                    var details = new AnchorDetails(mapping.Schema.Id, sealedRecord.Digest);
                    var entry = signer.Anchor(sealedRecord.Digest, contact.Account, details);
                    AuthenticEntry.Authenticate(entry, world.Connection.Domain).OrThrow();
                    InboxMessage.Seal(
                        world.Connection.Domain, world.Registry.Account, contact.Account, contact.EncryptionKey, InboxMessageKind.RecordIssued, 1, new RecordNotice(sealedRecord.Digest, details).ToArray());
                });
                return Task.CompletedTask;
            },
            rows,
            rows);
        table.Add($"import of {rows:N0} census rows (sealed, anchored, told)", "its cryptography alone, on all cores", "≥ 0.6", ratio, "the reference seals, signs and verifies the same rows without files, network or disk");
    }
}
