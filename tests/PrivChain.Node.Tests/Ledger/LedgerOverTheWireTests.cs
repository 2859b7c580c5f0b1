using PrivChain.Core.Bytes;
using PrivChain.Core.Documents;
using PrivChain.Core.Hpke;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Core.Tests.Ledger;
using PrivChain.Schemas.V1;
using PrivChain.Sdk.Connection;
using PrivChain.Sdk.Trail;

namespace PrivChain.Node.Tests.Ledger;

[TestClass]
public sealed class LedgerOverTheWireTests
{
    [TestMethod]
    public async Task Append_ManyAtOnceAndAgain_StandOnceUnderAWitnessedCheckpoint()
    {
        await using var fixture = await NodeFixture.StartAsync();
        using var connection = await fixture.ConnectAsync();
        var enrolled = await connection.Ledger.AppendAsync(await fixture.EnrolIssuerAsync(connection));
        Assert.AreEqual(0UL, enrolled.Index);

        var anchors = Enumerable.Range(0, 64).Select(_ => Anchor(fixture)).ToList();
        var appended = await Task.WhenAll(anchors.Select(anchor => connection.Ledger.AppendAsync(anchor)));
        Assert.HasCount(64, appended.Select(entry => entry.Index).Distinct());
        var again = await connection.Ledger.AppendAsync(anchors[7]);
        Assert.AreEqual(appended[7].Index, again.Index, "the same document stands once");

        var state = await connection.Ledger.FollowStateAsync();
        Assert.AreEqual(65UL, state.Size);
        Assert.IsNotNull(state.Record(anchors[3].Reference));
    }

    [TestMethod]
    public async Task Append_WhatTheRulesRefuse_IsRefusedByName()
    {
        await using var fixture = await NodeFixture.StartAsync();
        using var connection = await fixture.ConnectAsync();
        await RefusedAsync(RefusalReason.NotEnrolled, () => connection.Ledger.AppendAsync(Anchor(fixture)));
        await connection.Ledger.AppendAsync(await fixture.EnrolIssuerAsync(connection));
        var forged = Anchor(fixture) with { Reference = LedgerFixture.RandomDigest() };
        await RefusedAsync(RefusalReason.BadSignature, () => connection.Ledger.AppendAsync(forged));
        await RefusedAsync(RefusalReason.UnknownReference, () => connection.Ledger.AppendAsync(
            fixture.Ledger.As(fixture.Ledger.Governors[0]).Enrol(LedgerRole.Issuer, fixture.Ledger.Citizen.Address, Digest.Zero, LedgerFixture.RandomDigest(), 0, ulong.MaxValue)));
    }

    // Taken once, it would stand in every trail, and no verifier would accept that trail again.
    [TestMethod]
    public async Task Append_EnrolmentWhoseProfileIsNone_IsRefusedAndNotInTheTrail()
    {
        await using var fixture = await NodeFixture.StartAsync();
        using var connection = await fixture.ConnectAsync();
        var governor = fixture.Ledger.As(fixture.Ledger.Governors[0]);
        var party = fixture.Ledger.Citizen.Address;
        using var key = HpkePrivateKey.Generate(HpkeKem.X25519);
        var profile = NodeFixture.ProfileOf(fixture.Ledger.Citizen, key.PublicKey);
        foreach (var (document, account, reason) in new (byte[] Document, AccountAddress Account, RefusalReason Reason)[]
        {
            ((profile with { NameEn = "" }).ToArray(), party, RefusalReason.Malformed),
            ((profile with { NameZh = "" }).ToArray(), party, RefusalReason.Malformed),
            ([1, 2, 3], party, RefusalReason.Malformed),
            (profile.ToArray(), fixture.Ledger.Institution.Address, RefusalReason.DigestMismatch),
        })
        {
            var digest = await connection.PutDocumentAsync(fixture.Ledger.Governors[0], document, CancellationToken.None);
            await RefusedAsync(reason, () => connection.Ledger.AppendAsync(governor.Enrol(LedgerRole.Institution, account, key.PublicKey.Fingerprint, digest, 0, ulong.MaxValue)));
        }

        Assert.AreEqual(0ul, (await connection.Ledger.RefreshAsync()).Checkpoint.Size);
    }

    [TestMethod]
    public async Task Restart_KeepsEverythingAndStaysConsistentWithWhatClientsSaw()
    {
        await using var fixture = await NodeFixture.StartAsync();
        var heads = new InMemoryHeadStore();
        var anchor = Anchor(fixture);
        using (var connection = await fixture.ConnectAsync(heads))
        {
            await connection.Ledger.AppendAsync(await fixture.EnrolIssuerAsync(connection));
            await connection.Ledger.AppendAsync(anchor);
        }

        await fixture.StopNodeAsync();
        await fixture.StartNodeAsync();
        using var after = await fixture.ConnectAsync(heads);
        Assert.AreEqual(1UL, (await after.Ledger.FindAsync(anchor.DocumentDigest))!.Index);
        Assert.AreEqual(2UL, (await after.Ledger.AppendAsync(Anchor(fixture))).Index);
    }

    [TestMethod]
    public async Task Export_OverTheWire_VerifiesOffline()
    {
        await using var fixture = await NodeFixture.StartAsync();
        using var connection = await fixture.ConnectAsync();
        using var key = Core.Hpke.HpkePrivateKey.Generate(Core.Hpke.HpkeKem.X25519);
        var profile = new OrganisationProfile
        {
            Account = fixture.Ledger.Issuer.Address, NameEn = "Issuer", NameZh = "签发机构", Contact = "-", PostalAddress = "-", Jurisdiction = "CN", EncryptionKey = key.PublicKey,
        };
        var digest = await connection.PutDocumentAsync(fixture.Ledger.Governors[0], profile.ToArray());
        await connection.Ledger.AppendAsync(fixture.Ledger.As(fixture.Ledger.Governors[0]).Enrol(
            LedgerRole.Issuer, fixture.Ledger.Issuer.Address, LedgerFixture.RandomDigest(), digest, 0, ulong.MaxValue));
        await Task.WhenAll(Enumerable.Range(0, 300).Select(_ => connection.Ledger.AppendAsync(Anchor(fixture))));

        var trail = new MemoryTrail();
        Assert.AreEqual(301UL, await TrailExporter.ExportAsync(connection, trail));
        var report = TrailVerifier.Verify(trail, fixture.Ledger.Domain.LedgerId);
        Assert.IsTrue(report.Valid, report.Refusal?.ToString());
    }

    [TestMethod]
    public async Task SearchTrail_AfterARestartToo_FindsAndProves()
    {
        await using var fixture = await NodeFixture.StartAsync();
        using (var connection = await fixture.ConnectAsync())
        {
            await connection.Ledger.AppendAsync(await fixture.EnrolIssuerAsync(connection));
            await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => connection.Ledger.AppendAsync(Anchor(fixture))));
        }

        await fixture.StopNodeAsync();
        await fixture.StartNodeAsync();
        using var after = await fixture.ConnectAsync();
        var last = (await after.Ledger.AppendAsync(Anchor(fixture))).Index;
        Assert.AreEqual(21UL, last);
        var page = await after.Trail.FindAsync(new TrailQuery { Kind = EntryKind.Anchor }, 1, 5);
        Assert.AreEqual(21UL, page.Found);
        CollectionAssert.AreEqual(new ulong[] { 20, 19, 18, 17, 16 }, page.Rows.Select(row => row.Row.Index).ToArray());
        Assert.AreEqual(0UL, (await after.Trail.FindAsync(new TrailQuery { Kind = EntryKind.Enrol }, 0, 5)).Rows.Single().Row.Index);
        Assert.HasCount(1, await after.Trail.CaseAsync(last));
    }

    [TestMethod]
    public async Task SearchTrail_WhatCannotBeAskedFor_IsRefusedByName()
    {
        await using var fixture = await NodeFixture.StartAsync();
        using var connection = await fixture.ConnectAsync();
        await connection.Ledger.AppendAsync(await fixture.EnrolIssuerAsync(connection));
        using var client = new NodeClient(fixture.Address);
        foreach (var (request, reason) in new (SearchTrailRequest Request, RefusalReason Reason)[]
        {
            (new SearchTrailRequest { Size = 2, Count = 1 }, RefusalReason.NotFound),
            (new SearchTrailRequest { Size = ulong.MaxValue, Count = 1 }, RefusalReason.NotFound),
            (new SearchTrailRequest { Size = 1, Count = 101 }, RefusalReason.TooLarge),
            (new SearchTrailRequest { Size = 1, Count = uint.MaxValue }, RefusalReason.TooLarge),
            (new SearchTrailRequest { Size = 1, Count = 1, Kind = 13 }, RefusalReason.Malformed),
            (new SearchTrailRequest { Size = 1, Count = 1, Outcome = 10 }, RefusalReason.Malformed),
            (new SearchTrailRequest { Size = 1, Count = 1, Institution = NodeClient.Bytes(new byte[19]) }, RefusalReason.Malformed),
            (new SearchTrailRequest { Size = 1, Count = 1, ByContract = true, Contracts = { NodeClient.Bytes(new byte[33]) } }, RefusalReason.Malformed),
            (new SearchTrailRequest { Size = 1, Count = 1, ByContract = true, Contracts = { Enumerable.Repeat(NodeClient.Bytes(new byte[32]), 1001) } }, RefusalReason.TooLarge),
        })
        {
            Assert.AreEqual(reason, await NodeClient.ReasonAsync(() => client.Ledger.SearchTrailAsync(request, NodeClient.Options()).ResponseAsync), request.ToString());
        }

        Assert.AreEqual(RefusalReason.NotFound, await NodeClient.ReasonAsync(() => client.Ledger.GetTrailCaseAsync(new GetTrailCaseRequest { Index = 1, Size = 1 }, NodeClient.Options()).ResponseAsync));
        Assert.AreEqual(RefusalReason.NotFound, await NodeClient.ReasonAsync(() => client.Ledger.GetTrailCaseAsync(new GetTrailCaseRequest { Index = 0, Size = 2 }, NodeClient.Options()).ResponseAsync));

        // Nothing of it is wrong, only nothing is there.
        var nothing = await client.Ledger.SearchTrailAsync(new SearchTrailRequest { Size = 1, Count = 1, Skip = ulong.MaxValue, HasAbout = true, About = ulong.MaxValue, From = ulong.MaxValue, Now = ulong.MaxValue }, NodeClient.Options());
        Assert.AreEqual(0UL, nothing.Found);
        Assert.IsEmpty((await client.Ledger.SearchTrailAsync(new SearchTrailRequest { Size = 0, Count = 1 }, NodeClient.Options())).Rows);
    }

    private static Entry Anchor(NodeFixture fixture) => fixture.Ledger.As(fixture.Ledger.Issuer).Anchor(
        LedgerFixture.RandomDigest(), fixture.Ledger.Citizen.Address, new AnchorDetails("identity-card/1", LedgerFixture.RandomDigest()));

    private static async Task RefusedAsync(RefusalReason wanted, Func<Task> call) =>
        Assert.AreEqual(wanted, (await Assert.ThrowsExactlyAsync<RefusalException>(call)).Reason);
}
