using System.Text;
using System.Text.Json.Nodes;
using PrivChain.Core.Bytes;
using PrivChain.Core.Hpke;
using PrivChain.Core.Keys;
using PrivChain.Core.Records;
using PrivChain.Sdk.Organisations;
using PrivChain.Sdk.Query;

namespace PrivChain.EndToEnd.Tests;

/// <summary>P1: the operator, with every database, disk and message, opens no field.</summary>
[TestClass]
public sealed class P1_OperatorOpensNothing
{
    private const string RequestWords = "please let us see, ref 77-Xq-4410";
    private const string RevocationWords = "moved to another bank 88-Zk-2091";
    private const string ErasureWords = "I want it gone 99-Wp-3372";
    private const double Monthly = 23457.13;
    private const double Annual = 281489.57;

    private static World _world = null!;
    private static OperatorsView _view = null!;
    private static Needles _needles = null!;
    private static byte[] _sealedRecord = null!;
    private static ReadOnlyMemory<byte> _contractText;

    [ClassInitialize]
    public static async Task TellAsync(TestContext context)
    {
        _world = await World.StartAsync(tapped: true);
        _needles = new Needles();
        var identity = await _world.IssueIdentityAsync();
        var income = await _world.IssueAsync("income-statement/1", new JsonObject
        {
            ["employer"] = "Qinhuai Peculiar Instruments 7719", ["position"] = "首席钟表匠人甲", ["monthly"] = Monthly, ["annual"] = Annual, ["currency"] = "CNY", ["taxYear"] = 2025, ["from"] = "2011-07-23",
        });
        PlantValues();
        _sealedRecord = NodeDisk.Record(_world, identity);
        PlantKeys(identity, income);

        var age = await _world.PublishAsync("age-check");
        var mortgage = await _world.PublishAsync("mortgage-precheck");
        _contractText = mortgage.CanonicalText;
        var consent = await _world.ConsentAsync(age, uses: 3);
        var second = await _world.ConsentAsync(mortgage, uses: 2, message: RequestWords);
        using (var broken = await BrokenEnclave.OpenAsync(_world))
        {
            _needles.Bytes("broker account key", broken.AccountKey).Bytes("broker decryption seed", broken.Seed);
        }

        await using (var session = await _world.Institution.OpenSessionAsync())
        {
            foreach (var answer in new[] { await session.QueryAsync(consent), await session.QueryAsync(second) })
            {
                Assert.IsNull(answer.Refusal, answer.Refusal?.ToString());
                PlantAnswer(answer);
                await answer.GetReceiptAsync();
            }
        }

        Assert.HasCount(2, (await _world.Citizen.ConsentsAsync()).SelectMany(own => own.Answers).ToList());
        _view = new OperatorsView().Look(_world);
        await _world.Citizen.RevokeAsync(consent.Digest, RevocationWords);
        Assert.IsNotNull((await _world.Institution.QueryAsync(consent)).Refusal);
        await _world.Citizen.EraseAsync(income, ErasureWords);
        Assert.IsNotNull((await _world.Institution.QueryAsync(second)).Refusal);
        _view.Look(_world);
    }

    [ClassCleanup]
    public static async Task StopAsync() => await _world.DisposeAsync();

    [TestMethod]
    public void Values_Answers_Words_LieNowhere()
    {
        var found = _view.Find(_needles);
        Assert.IsEmpty(found, string.Join('\n', found));
    }

    [TestMethod]
    public void Search_ReachesWhatTheOperatorHolds()
    {
        // Were the search blind, it would miss what is certainly there: ciphertext on the disk and in the messages, public text, the ledger.
        var places = _view.Pieces.Where(piece => piece.Bytes.AsSpan().IndexOf(_sealedRecord) >= 0).Select(piece => piece.Place).ToList();
        Assert.IsTrue(places.Any(place => place.Contains("records.sealed", StringComparison.Ordinal)), string.Join('\n', places));
        Assert.Contains("a message", places);
        Assert.IsTrue(_view.Holds(_contractText));
        foreach (var name in (string[])["ledger.db", "records.db", "witness.db", "broker.sealed"])
        {
            Assert.IsTrue(_view.Pieces.Any(piece => piece.Place.EndsWith(name, StringComparison.Ordinal) && piece.Bytes.Length > 0), name);
        }
    }

    [TestMethod]
    public void Value_PutIntoANodeFile_IsFoundInEverySpelling()
    {
        var id = World.IdentityClaims()["idNumber"]!.GetValue<string>();
        var chinese = World.IdentityClaims()["fullNameZh"]!.GetValue<string>();
        byte[][] spellings =
        [
            Encoding.UTF8.GetBytes(id),
            Encoding.Unicode.GetBytes(chinese),
            Encoding.UTF8.GetBytes(new JsonObject { ["n"] = chinese }.ToJsonString()),
            Encoding.ASCII.GetBytes(Convert.ToBase64String(Encoding.UTF8.GetBytes(chinese))),
            Encoding.ASCII.GetBytes(Convert.ToBase64String(Encoding.UTF8.GetBytes("x" + chinese + "y"))),
            Encoding.ASCII.GetBytes(Base64Url.Encode(Encoding.UTF8.GetBytes("xy" + chinese + "z"))),
            Encoding.ASCII.GetBytes(Convert.ToHexString(Encoding.UTF8.GetBytes(id))),
            Encoding.ASCII.GetBytes(Hex.Encode(Encoding.UTF8.GetBytes(id))),
            BitConverter.GetBytes(Monthly),
            Encoding.ASCII.GetBytes("{\"monthly\":23457.13}"),
        ];
        foreach (var spelling in spellings)
        {
            var path = Path.Combine(_world.Deployment.Folder.Node, "planted.log");
            File.WriteAllBytes(path, [.. new byte[1000], .. spelling, .. new byte[1000]]);
            try
            {
                var found = new OperatorsView().Look(_world).Find(_needles);
                Assert.IsTrue(found.Any(line => line.Contains("planted.log", StringComparison.Ordinal)), Encoding.UTF8.GetString(spelling));
            }
            finally
            {
                File.Delete(path);
            }
        }
    }

    [TestMethod]
    [Timeout(60_000, CooperativeCancellation = true)]
    public async Task Value_SentInTheClear_IsFoundInMessagesAndDatabase()
    {
        // A party that leaks by itself: a public document of several pages with a value in the middle of it.
        const string Leaked = "leaked-by-a-careless-party-5561";
        var needles = new Needles().Text("leak", Leaked);
        Assert.IsEmpty(new OperatorsView().Look(_world).Find(needles));
        await _world.Connection.PutDocumentAsync(_world.Bank.Account, Encoding.UTF8.GetBytes(new string('a', 8000) + Leaked + new string('b', 8000)));
        var found = new OperatorsView().Look(_world).Find(needles);
        Assert.IsTrue(found.Any(line => line.Contains("a message", StringComparison.Ordinal)));
        Assert.IsTrue(found.Any(line => line.Contains("documents.content", StringComparison.Ordinal)));
    }

    private static void PlantValues()
    {
        foreach (var (name, value) in World.IdentityClaims())
        {
            // Sex and nationality are words that stand in public texts as well.
            if (value!.GetValue<string>() is { Length: > 2 } text and not "female")
            {
                _needles.Text(name, text);
            }
        }

        _needles.Text("employer", "Qinhuai Peculiar Instruments 7719").Text("position", "首席钟表匠人甲").Text("from", "2011-07-23").Number("monthly", Monthly).Number("annual", Annual)
            .Text("request words", RequestWords).Text("revocation words", RevocationWords).Text("erasure words", ErasureWords);
    }

    private static void PlantKeys(params Digest[] records)
    {
        foreach (var (name, keys) in new[] { ("bank", _world.Bank), ("registry", _world.Registry), ("regulator", _world.Regulator), ("person", _world.Person) })
        {
            PlantAccount(name, keys.Account);
            PlantSeed(name, keys.Wallet, keys.Account.Address);
        }

        foreach (var (name, counterparty) in new[] { ("person towards bank", _world.Bank), ("person towards registry", _world.Registry) })
        {
            using var account = _world.Person.Wallet.PairwiseAccount(counterparty.Account.Address);
            PlantAccount(name, account);
            PlantSeed(name, _world.Person.Wallet, account.Address);
        }

        var issuerKey = new byte[IssuerKey.PrivateKeySize];
        _world.Registry.IssuerKey.ExportPrivateKey(issuerKey);
        _needles.Bytes("record signing key", issuerKey);
        var pseudonym = new byte[32];
        _world.Person.Wallet.DeriveSecret(Labels.PseudonymSecret, pseudonym);
        _needles.Bytes("pseudonym secret", pseudonym);
        using var governor = _world.Deployment.Folder.OpenGovernor();
        PlantAccount("governor", governor);

        // The keys of every single field.
        using var holder = _world.Person.Wallet.PairwiseAccount(_world.Registry.Account.Address);
        using var holderKey = OrganisationKeys.EncryptionKey(_world.Person.Wallet, holder.Address);
        foreach (var digest in records)
        {
            Assert.IsTrue(SealedRecord.TryParse(NodeDisk.Record(_world, digest), out var record));
            Assert.IsTrue(SchemaCatalog.BuiltIn.TryFind(record.SchemaId, out var schema));
            using var keys = record.OpenBundle(schema, holderKey).OrThrow();
            for (var part = 0; part <= schema.Fields.Count; part++)
            {
                if (keys.Has(part))
                {
                    _needles.Bytes($"{schema.Id} key of part {part}", keys.KeyOf(part));
                }
            }
        }
    }

    private static void PlantAccount(string name, Account account)
    {
        var key = new byte[Account.PrivateKeySize];
        account.ExportPrivateKey(key);
        _needles.Bytes($"{name}'s account key", key);
    }

    private static void PlantSeed(string name, Wallet wallet, AccountAddress account)
    {
        var seed = new byte[HpkePrivateKey.SeedSize];
        wallet.DeriveSecret($"{Labels.EncryptionKey}/{account}", seed);
        _needles.Bytes($"{name}'s decryption seed", seed);
    }

    private static void PlantAnswer(Answer answer)
    {
        _needles.Bytes("answer", answer.Json.Span);
        foreach (var (field, shown) in answer.Shows)
        {
            _needles.Text($"answer about {field}", $"\"form\":\"{shown.Form}\",\"result\":");
        }
    }
}
