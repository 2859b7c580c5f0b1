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
