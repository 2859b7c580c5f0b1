using System.Text.Json;
using PrivChain.Core.Bytes;
using PrivChain.Core.Documents;
using PrivChain.Core.Records;
using PrivChain.Sdk.Organisations;
using PrivChain.Sdk.Query;

namespace PrivChain.EndToEnd.Tests;

/// <summary>
/// The enclave's memory after its queries (attack 9): neither a value that was opened, nor a key that opened it, nor an answer is in it any more once it has been quiet for a moment; and what the consent did not name
/// was never there.
/// </summary>
[TestClass]
public sealed class EnclaveForgetsTests
{
    // The fields that the contract below names; all others of the record are nobody's business.
    private static readonly string[] _named = ["birthDate", "idNumber"];

    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task Memory_AfterTheQueries_HoldsNoValueKeyOrAnswer()
    {
        ProcessMemory.RequirePrivilege();
        await using var world = await World.StartAsync();
        var record = await world.IssueIdentityAsync();
        await world.IssueAsync("income-statement/1", new() { ["employer"] = "Qinhuai Peculiar Instruments 7719", ["annual"] = 281489.57, ["monthly"] = 23457.13, ["currency"] = "CNY", ["taxYear"] = 2025 });
        var contract = await world.PublishAsync("mortgage-precheck");
        Assert.IsTrue(_named.All(name => contract.Find($"identity-card.{name}") is not null));
        var consent = await world.ConsentAsync(contract, uses: 3);
        var enclave = world.Deployment.Enclave.Id;

        var opened = new Needles();
        var untouched = new Needles();
        foreach (var (name, value) in World.IdentityClaims())
        {
            var text = value!.GetValue<string>();
            if (text.Length >= 8)
            {
                (_named.Contains(name) ? opened : untouched).Text(name, text);
            }
        }

        untouched.Text("employer", "Qinhuai Peculiar Instruments 7719").Number("annual income", 281489.57);
        opened.Number("monthly income", 23457.13);
        PlantKeys(world, record, opened, untouched);
        await using (var session = await world.Institution.OpenSessionAsync())
        {
            for (var i = 0; i < 3; i++)
            {
                var answer = await session.QueryAsync(consent);
                Assert.IsNull(answer.Refusal, answer.Refusal?.ToString());
                opened.Bytes("answer", answer.Json.Span);
            }
        }

        var (never, _) = ProcessMemory.Find(enclave, untouched);
        Assert.IsEmpty(never, string.Join('\n', never));

        // Whoever looks without waiting may well find something: that is what the quiet moment is for.
        var began = TimeProvider.System.GetTimestamp();
        IReadOnlyList<string> left;
        do
        {
            (left, _) = ProcessMemory.Find(enclave, opened);
        }
        while (left.Count > 0 && TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(60));
        Assert.IsEmpty(left, string.Join('\n', left));

        // Were the search blind, it would miss what must be there: the secrets that the broker goes on working with.
        using var broken = await BrokenEnclave.OpenAsync(world);
        var (found, searched) = ProcessMemory.Find(enclave, new Needles().Bytes("account key", broken.AccountKey).Bytes("decryption seed", broken.Seed));
        Assert.IsTrue(found.Any(line => line.StartsWith("account key in", StringComparison.Ordinal)));
        Assert.IsTrue(found.Any(line => line.StartsWith("decryption seed in", StringComparison.Ordinal)));
        Assert.IsGreaterThan(10 << 20, searched);
    }

    private static void PlantKeys(World world, Digest digest, Needles opened, Needles untouched)
    {
        var pseudonym = new byte[KeyShare.KeySize];
        world.Person.Wallet.DeriveSecret(Labels.PseudonymSecret, pseudonym);
        opened.Bytes("pseudonym secret", pseudonym);
        using var holder = world.Person.Wallet.PairwiseAccount(world.Registry.Account.Address);
        using var holderKey = OrganisationKeys.EncryptionKey(world.Person.Wallet, holder.Address);
        Assert.IsTrue(SealedRecord.TryParse(NodeDisk.Record(world, digest), out var record));
        Assert.IsTrue(SchemaCatalog.BuiltIn.TryFind(record.SchemaId, out var schema));
        using var keys = record.OpenBundle(schema, holderKey).OrThrow();
        for (var part = 0; part <= schema.Fields.Count; part++)
        {
            var named = part == RecordKeys.IssuerPart || _named.Contains(schema.Fields[part - 1].Name);
            (named ? opened : untouched).Bytes($"key of part {part}", keys.KeyOf(part));
        }
    }
}
