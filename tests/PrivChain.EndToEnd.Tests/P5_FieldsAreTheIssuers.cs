using System.Text.Json.Nodes;
using PrivChain.Cli.Deployment;
using PrivChain.Core.Contracts;
using PrivChain.Core.Keys;
using PrivChain.Core.Ledger;
using PrivChain.Core.Records;
using PrivChain.Core.Refusals;
using PrivChain.Sdk.Consent;
using PrivChain.Sdk.Issuing;

namespace PrivChain.EndToEnd.Tests;

/// <summary>P5: every field in an answer is what its issuer signed. The operator changes records where they lie.</summary>
[TestClass]
public sealed class P5_FieldsAreTheIssuers
{
    private static World _world = null!;
    private static PrivacyContract _contract = null!;

    [ClassInitialize]
    public static async Task StartAsync(TestContext context)
    {
        _world = await SharedWorld.JoinAsync();
        _contract = await _world.PublishAsync("age-check");
    }

    [ClassCleanup]
    public static async Task StopAsync() => await _world.DisposeAsync();

    [TestMethod]
    [Timeout(90_000, CooperativeCancellation = true)]
    public async Task Record_ChangedInTheVault_GivesNoAnswer()
    {
        var record = await _world.IssueIdentityAsync();
        var consent = await _world.ConsentAsync(_contract, uses: 100);
        var original = NodeDisk.Record(_world, record);
        await using var session = await _world.Institution.OpenSessionAsync();
        var random = new Random(5);
        var changes = Enumerable.Range(0, 20).Select(i => Flipped(original, i switch { 0 => 0, 1 => original.Length - 1, _ => random.Next(original.Length) }))
            .Append(original[..^1]).Append([.. original, 0]).Append([.. original[..100]]).Append([0]);
        foreach (var changed in changes)
        {
            NodeDisk.ReplaceRecord(_world, record, changed);
            var answer = await session.QueryAsync(consent);
            Assert.IsTrue(
                answer.Refusal?.Reason is RefusalReason.DigestMismatch or RefusalReason.CannotOpen or RefusalReason.Malformed or RefusalReason.TooLarge, $"{answer.Refusal}");
            Assert.ThrowsExactly<RefusalException>(() => answer.Json);
        }

        // The holder's own program refuses it as well; put back, it is answered.
        await Assert.ThrowsExactlyAsync<RefusalException>(() => _world.Citizen.RecordsAsync());
        NodeDisk.ReplaceRecord(_world, record, original);
        var right = await session.QueryAsync(consent);
        Assert.IsNull(right.Refusal, right.Refusal?.ToString());
        Assert.IsTrue(right["identity-card.birthDate"].YesNo);
    }

    [TestMethod]
    [Timeout(60_000, CooperativeCancellation = true)]
    public async Task Record_SwappedForAnother_GivesNoAnswer()
    {
        // A child's card in the place of an adult's and the other way round: each is genuine, of this holder and this issuer.
        var young = World.IdentityClaims();
        young["birthDate"] = DateTime.UtcNow.AddYears(-9).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        var adult = NodeDisk.Record(_world, await _world.IssueIdentityAsync());
        var child = await _world.IssueAsync("identity-card/1", young);
        var consent = await _world.ConsentAsync(_contract, uses: 3);
        var original = NodeDisk.Record(_world, child);
        NodeDisk.ReplaceRecord(_world, child, adult);
        Assert.AreEqual(RefusalReason.DigestMismatch, (await _world.Institution.QueryAsync(consent)).Refusal?.Reason);
        NodeDisk.ReplaceRecord(_world, child, original);
        var right = await _world.Institution.QueryAsync(consent);
        Assert.IsNull(right.Refusal, right.Refusal?.ToString());
        Assert.IsFalse(right["identity-card.birthDate"].YesNo);
    }

    [TestMethod]
    [Timeout(60_000, CooperativeCancellation = true)]
    public async Task Record_OfAnExpelledIssuer_GivesNoAnswer()
    {
        using var keys = RoleKeys.Generate();
        await _world.EnrolAsync(LedgerRole.Issuer, keys.Profile("Short-lived Registry", "短命登记处", "-", "-", "CN", signsRecords: true));
        var issuer = new IssuerClient(_world.Connection, keys.Account, keys.IssuerKey);
        await issuer.IssueAsync("identity-card/1", Json(World.IdentityClaims()), _world.Citizen.ContactFor(keys.Account.Address));
        var consent = await _world.ConsentAsync(_contract, uses: 3);
        Assert.IsNull((await _world.Institution.QueryAsync(consent)).Refusal);
        await _world.ExpelAsync(LedgerRole.Issuer, keys.Account.Address);
        var refused = (await _world.Institution.QueryAsync(consent)).Refusal;
        Assert.IsTrue(refused?.Reason is RefusalReason.IssuerNotTrusted or RefusalReason.NotEnrolled, $"{refused}");

        // And it issues nothing any more.
        await Assert.ThrowsExactlyAsync<RefusalException>(
            () => issuer.IssueAsync("identity-card/1", Json(World.IdentityClaims()), _world.Citizen.ContactFor(keys.Account.Address)));
    }

    [TestMethod]
    [Timeout(60_000, CooperativeCancellation = true)]
    public async Task Record_SignedWithAKeyThatIsNotTheIssuers_IsRefusedByItsHolder()
    {
        // Somebody has the issuer's account and anchors, but not its record key.
        using var person = RoleKeys.Generate();
        using var citizen = new CitizenClient(_world.Connection, person.Wallet);
        using var forged = IssuerKey.Generate(EcdsaJws.Es256K);
        var forger = new IssuerClient(_world.Connection, _world.Registry.Account, forged);
        await forger.IssueAsync("identity-card/1", Json(World.IdentityClaims()), citizen.ContactFor(_world.Registry.Account.Address));
        var refused = await Assert.ThrowsExactlyAsync<RefusalException>(() => citizen.RecordsAsync());
        Assert.IsTrue(refused.Reason is RefusalReason.BadSignature or RefusalReason.IssuerNotTrusted, refused.Message);
    }

    // Whoever keeps a record back, or spoils it, must not choose which other one is answered from; nor keep the person from everything else.
    [TestMethod]
    [Timeout(90_000, CooperativeCancellation = true)]
    public async Task Record_ThatItsHolderCannotRead_IsReplacedByNoOlderOne_AndHoldsUpOnlyWhatMayNeedIt()
    {
        using var person = RoleKeys.Generate();
        using var citizen = new CitizenClient(_world.Connection, person.Wallet);
        using var forged = IssuerKey.Generate(EcdsaJws.Es256K);
        var forger = new IssuerClient(_world.Connection, _world.Registry.Account, forged);
        var contact = citizen.ContactFor(_world.Registry.Account.Address);
        var contract = await _world.PublishAsync("mortgage-precheck");
        await _world.Institution.RequestAsync(citizen.ContactFor(_world.Bank.Account.Address), contract.Digest, 1, TimeSpan.FromDays(1));
        var request = (await citizen.RequestsAsync()).Single();
        var property = new JsonObject { ["certificateNumber"] = "1", ["address"] = "Nanjing", ["areaSquareMetres"] = 80, ["ownershipShare"] = 1 };

        // An older one could not count, and one of a kind that may be left out is left out.
        await forger.IssueAsync("identity-card/1", Json(World.IdentityClaims()), contact);
        var identity = await _world.IssueIdentityAsync(contact);
        await _world.IssueAsync("income-statement/1", new JsonObject { ["employer"] = "X", ["monthly"] = 12_000, ["annual"] = 144_000, ["currency"] = "CNY", ["taxYear"] = 2026 }, contact);
        await _world.IssueAsync("property-certificate/1", property, contact);
        var issued = await forger.IssueAsync("property-certificate/1", Json(property), contact);
        var spoiled = issued.Record;

        // What was issued is not witnessed yet, and is read once it is.
        await _world.Connection.Ledger.ReadStateAsync(_ => 0, issued.Index + 1);
        using (var preview = await citizen.PreviewAsync(request, DisplayLanguage.English))
        {
            Assert.IsEmpty(preview.Obstacles, string.Join("; ", preview.Obstacles));
            Assert.AreEqual(identity, preview.Records["identity-card/1"].Digest);
            Assert.AreEqual(("property-certificate/1", spoiled), preview.UnreadableRecords.Select(pair => (pair.Key, pair.Value.Digest)).Single());
            Assert.IsFalse(preview.Records.ContainsKey("property-certificate/1"), "the older certificate took the place of the newest");
            var refused = await Assert.ThrowsExactlyAsync<RefusalException>(() => citizen.ConsentAsync(preview, new ConsentChoices { Uses = 1, OptionalFields = preview.OptionalFields }));
            Assert.AreEqual(RefusalReason.RecordMissing, refused.Reason);
        }

        // Of what kind it is cannot be seen any more: it may be the newest of each.
        NodeDisk.ReplaceRecord(_world, spoiled, [0]);
        using (var preview = await citizen.PreviewAsync(request, DisplayLanguage.English))
        {
            Assert.IsNull(preview.WouldSee);
            Assert.IsEmpty(preview.Records);
            CollectionAssert.AreEquivalent(contract.Records.Select(record => record.Id).ToList(), preview.UnreadableRecords.Keys.ToList());
            Assert.AreEqual(2, preview.Obstacles.Count(obstacle => obstacle.Detail.Contains(spoiled.ToString(), StringComparison.Ordinal)), "one for each kind that is needed");
            await Assert.ThrowsExactlyAsync<RefusalException>(() => citizen.ConsentAsync(preview, new ConsentChoices { Uses = 1 }));
        }

        await citizen.EraseAsync(spoiled);
        using (var preview = await citizen.PreviewAsync(request, DisplayLanguage.English))
        {
            Assert.IsEmpty(preview.UnreadableRecords);
            Assert.IsEmpty(preview.MissingRecords);
            await citizen.ConsentAsync(preview, new ConsentChoices { Uses = 1, OptionalFields = preview.OptionalFields });
        }
    }

    [TestMethod]
    [Timeout(60_000, CooperativeCancellation = true)]
    public void Issuer_WithAKeyOfTheOtherSuite_IsRefusedByName()
    {
        using var national = IssuerKey.Generate(EcdsaJws.Sm2Sm3);
        Assert.AreEqual(RefusalReason.WrongSuite, Assert.ThrowsExactly<RefusalException>(() => new IssuerClient(_world.Connection, _world.Registry.Account, national)).Reason);
    }

    private static byte[] Flipped(byte[] bytes, int at)
    {
        var changed = bytes.ToArray();
        changed[at] ^= 1;
        return changed;
    }

    private static byte[] Json(JsonObject claims) => System.Text.Encoding.UTF8.GetBytes(claims.ToJsonString());
}
