using PrivChain.Core.Bytes;
using PrivChain.Core.Keys;
using PrivChain.Core.Ledger;
using PrivChain.Core.Tests.Ledger;
using PrivChain.Sdk.Consent;

namespace PrivChain.Node.Tests.Vault;

/// <summary>A consent stays visible, and revocable, to the person who gave it when its institution is not enrolled any more.</summary>
[TestClass]
public sealed class FormerInstitutionTests
{
    [TestMethod]
    public async Task Consents_ToAnExpelledInstitution_AreListedAndCanBeRevoked()
    {
        await using var world = await World.StartAsync();
        var parties = world.Parties;
        using var phrase = Mnemonic.Generate(12);
        var wallet = Wallet.Open(phrase).OrThrow();
        var institution = parties.Institution.Address;
        using var account = wallet.PairwiseAccount(institution);
        var granted = parties.As(account).Grant(parties.Contract, institution, LedgerFixture.StartSeconds, LedgerFixture.StartSeconds + 3600, 2, 5, LedgerFixture.Details());
        await world.AppendAsync(granted);
        var enrolment = Enrolled(world, institution).Single();
        await world.AppendAsync(parties.As(parties.Governors[0]).Expel(LedgerRole.Institution, institution, enrolment.Subject, LedgerFixture.RandomDigest()));
        Assert.IsEmpty(Enrolled(world, institution), "it is expelled");

        using var connection = await world.Fixture.ConnectAsync();
        using var citizen = new CitizenClient(connection, wallet);
        var own = (await citizen.ConsentsAsync()).Single();
        Assert.AreEqual((granted.DocumentDigest, 2U), (own.Digest, own.Grant.UsesLeft));

        await citizen.RevokeAsync(own.Digest);
        Assert.IsNotNull((await citizen.ConsentsAsync()).Single().Grant.RevokedAt);
    }

    private static List<Enrolment> Enrolled(World world, AccountAddress institution) =>
        world.Engine.Query(state => state.EnrolledIn(LedgerRole.Institution, state.Time).Where(enrolment => enrolment.Account == institution).ToList());
}
