using PrivChain.Core.Bytes;
using PrivChain.Core.Documents;
using PrivChain.Core.Hpke;
using PrivChain.Core.Keys;
using PrivChain.Core.Ledger;
using PrivChain.Core.Records;
using PrivChain.Core.Refusals;
using PrivChain.Enclave.Node;
using PrivChain.Enclave.Tests.World;

namespace PrivChain.Enclave.Tests.Broker;

/// <summary>A node that lies: whatever it says, no key is released that the ledger's rules do not allow.</summary>
[TestClass]
public sealed class LyingNodeTests
{
    [TestMethod]
    public async Task Release_HonestNode_IsGivenUnderTheUse()
    {
        await using var world = await EnclaveWorld.CreateAsync();
        var outcome = await world.ReleaseAsync(world.Request(world.Grant()));
        Assert.AreEqual(RefusalReason.None, outcome.Refused[0]);
        var release = outcome.Releases.Single();
        Assert.IsTrue(SealedBox.TryOpen(
            world.Workers.Current!.SessionKey, Labels.Release, [.. world.Domain.LedgerId.ToArray(), .. release.Use.ToArray()], release.SealedShare, out var bytes));
        Assert.IsTrue(KeyShare.TryParse(bytes, out var share));
        CollectionAssert.AreEquivalent(
            new[] { (world.Record.Digest, (ushort)0), (world.Record.Digest, (ushort)(world.Schema.IndexOf("birthDate") + 1)) }, share.Parts.ToArray());
    }

    // A citizen's app that hands over every key gets only those of the named fields released.
    [TestMethod]
    public async Task Release_ShareWithMoreKeysThanNamed_LeavesThemOut()
    {
        await using var world = await EnclaveWorld.CreateAsync();
        var consent = world.Grant(new ConsentParts
        {
            Parts = schema => Enumerable.Range(0, schema.Fields.Count + 1).Select(part => ((ushort)part, part)),
        });
        var release = (await world.ReleaseAsync(world.Request(consent))).Releases.Single();
        Assert.IsTrue(SealedBox.TryOpen(
            world.Workers.Current!.SessionKey, Labels.Release, [.. world.Domain.LedgerId.ToArray(), .. release.Use.ToArray()], release.SealedShare, out var bytes));
        Assert.IsTrue(KeyShare.TryParse(bytes, out var share));
        Assert.AreEqual(2, share.Parts.Count());
    }

    // An answer lost after the commit: the same use is found again, nothing is spent twice.
    [TestMethod]
    public async Task Release_AnswerToAppendLost_SpendsOneUse()
    {
        await using var world = await EnclaveWorld.CreateAsync();
        var consent = world.Grant();
        var lost = 3;
        world.Node.Claims = claims => lost-- > 0 ? throw new RefusalException(new Refusal(RefusalReason.Unavailable, "lost")) : claims;
        var outcome = await world.ReleaseAsync(world.Request(consent));
        Assert.AreEqual(RefusalReason.None, outcome.Refused[0]);
        Assert.AreEqual(9u, world.Ledger.Read(state => state.Consent(consent)!.UsesLeft));
    }

    [TestMethod]
    public async Task Release_AskedAgainBeforeDelivery_IsRefusedAndSpendsNothing()
    {
        await using var world = await EnclaveWorld.CreateAsync();
        var consent = world.Grant();
        var request = world.Request(consent);
        await world.ReleaseAsync(request);
        await world.CaughtUpAsync();
        Assert.AreEqual(RefusalReason.AlreadyRecorded, (await world.ReleaseAsync(request)).Refused[0]);
        Assert.AreEqual(9u, world.Ledger.Read(state => state.Consent(consent)!.UsesLeft));
    }

    // The node has a use recorded, keeps its release back, and wants it once the person has revoked, which it keeps from the broker.
    [TestMethod]
    public async Task Release_UseBankedUntilAfterTheRevocation_IsNotReleased()
    {
        await using var world = await EnclaveWorld.CreateAsync();
        var request = world.Request(world.Grant());
        world.Node.Claims = claims => [.. claims.Select(static _ => new AppendClaim(RefusalReason.StorageFailed, 0))];
        Assert.AreEqual(RefusalReason.StorageFailed, (await world.ReleaseAsync(request)).Refused[0]);
        await world.CaughtUpAsync();
        Assert.AreEqual(9u, world.Ledger.Read(state => state.Consent(request.Consent)!.UsesLeft), "the use stands");

        world.Node.Claims = static claims => claims;
        world.Node.Chunks = static _ => null;
        world.Revoke(request.Consent);
        var outcome = (await world.Broker.ReleaseAsync([request], CancellationToken.None))[0];
        Assert.AreEqual(RefusalReason.AlreadyRecorded, outcome.Refused[0]);
        Assert.IsEmpty(outcome.Releases);
    }

    [TestMethod]
    public async Task Release_AskedAgainAfterDelivery_IsRefused()
    {
        await using var world = await EnclaveWorld.CreateAsync();
        var consent = world.Grant();
        var request = world.Request(consent);
        var release = (await world.ReleaseAsync(request)).Releases.Single();
        world.Ledger.AppendOrThrow(world.As(world.Workers.Current!.Account).Deliver(release.Use, EnclaveWorld.RandomDigest()));
        await world.CaughtUpAsync();
        Assert.AreEqual(RefusalReason.AlreadyRecorded, (await world.ReleaseAsync(request)).Refused[0]);
    }

    // Says "appended" and appends nothing: the broker waits for its own follower, which never sees the use.
    [TestMethod]
    public async Task Release_UseClaimedAtAnotherEntry_IsRefused()
    {
        await using var world = await EnclaveWorld.CreateAsync();
        var consent = world.Grant();
        world.Node.Claims = claims => [.. claims.Select(claim => claim with { Index = claim.Index - 1 })];
        Assert.AreEqual(RefusalReason.BadProof, (await world.ReleaseAsync(world.Request(consent))).Refused[0]);
    }

    [TestMethod]
    public async Task Release_RevocationWithheldFromTheBroker_IsRefusedByTheLedger()
    {
        await using var world = await EnclaveWorld.CreateAsync();
        var consent = world.Grant();
        await world.CaughtUpAsync();

        // The broker sees nothing from here on; the node records the revocation and claims the use was appended.
        world.Node.Chunks = static _ => null;
        world.Revoke(consent);
        world.Node.Claims = claims => [.. claims.Select(_ => new AppendClaim(RefusalReason.None, (ulong)world.Ledger.Entries.Count - 1))];
        using var impatient = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        var outcome = await world.Broker.ReleaseAsync([world.Request(consent)], impatient.Token);
        Assert.AreEqual(RefusalReason.Unavailable, outcome[0].Refused[0]);
        Assert.IsEmpty(outcome[0].Releases);
    }

    // Leaves the revocation out of what it tells: the root in the witnessed checkpoint is not that of the entries, and the broker stops for good.
    [TestMethod]
    public async Task Release_RevocationLeftOut_StopsTheBroker()
    {
        await using var world = await EnclaveWorld.CreateAsync();
        var consent = world.Grant();
        await world.CaughtUpAsync();
        world.Node.Chunks = chunk => chunk with
        {
            Entries = [.. chunk.Entries.Where(bytes => Entry.TryParse(bytes.Span, out var entry) && entry.Kind != EntryKind.Revoke)],
        };
        world.Ledger.BeforeAppend = entry =>
        {
            if (entry.Kind == EntryKind.Use)
            {
                world.Ledger.BeforeAppend = null;
                world.Revoke(consent);
            }
        };
        world.Node.Claims = claims => [.. claims.Select(_ => new AppendClaim(RefusalReason.None, (ulong)world.Ledger.Entries.Count - 1))];
        using var impatient = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        var outcome = await world.Broker.ReleaseAsync([world.Request(consent)], impatient.Token);
        Assert.IsEmpty(outcome[0].Releases);
        Assert.AreNotEqual(RefusalReason.None, outcome[0].Refused[0]);
    }

    [TestMethod]
    [DataRow(400, RefusalReason.ClockSkew)]
    [DataRow(-400, RefusalReason.ClockSkew)]
    [DataRow(200, RefusalReason.Expired)]
    [DataRow(-200, RefusalReason.NotYetValid)]
    [DataRow(50, RefusalReason.None)]
    public async Task Release_WitnessTimeOutsideConsent_IsRefused(int skew, RefusalReason expected)
    {
        await using var world = await EnclaveWorld.CreateAsync();
        var consent = world.Grant(new ConsentParts { NotBefore = world.NowSeconds - 100, NotAfter = world.NowSeconds + 100 });
        await world.CaughtUpAsync();
        world.Ledger.WitnessSkew = skew;
        Assert.AreEqual(expected, (await world.ReleaseAsync(world.Request(consent))).Refused[0]);
    }

    [TestMethod]
    [DataRow("contract swapped", RefusalReason.DigestMismatch)]
    [DataRow("contract not one", RefusalReason.Malformed)]
    [DataRow("package of another consent", RefusalReason.CannotOpen)]
    [DataRow("package not one", RefusalReason.RecordMissing)]
    [DataRow("key box swapped", RefusalReason.DigestMismatch)]
    [DataRow("details box swapped", RefusalReason.CannotOpen)]
    public async Task Release_ContentSwapped_IsRefusedAndNothingIsSpent(string what, RefusalReason expected)
    {
        await using var world = await EnclaveWorld.CreateAsync();
        var other = world.Grant();
        var consent = world.Grant();
        var swapped = world.Publish(EnclaveWorld.DefaultContract.Replace("\"version\":1", "\"version\":2", StringComparison.Ordinal));
        Assert.IsTrue(ConsentPackage.TryParse(world.Ledger.Packages[consent], out var mine));
        Assert.IsTrue(ConsentPackage.TryParse(world.Ledger.Packages[other], out var others));
        world.Node.Contents = (kind, digest, content) => (what, kind) switch
        {
            ("contract swapped", "document") when digest == world.Contract.Digest => swapped.CanonicalText.ToArray(),
            ("contract not one", "document") when digest == world.Contract.Digest => "{}"u8.ToArray(),
            ("package of another consent", "package") => world.Ledger.Packages[other],
            ("package not one", "package") => [1, 2, 3],
            ("key box swapped", "package") => new ConsentPackage([mine.Boxes[0] with { KeyBox = others.Boxes[0].KeyBox }]).ToArray(),
            ("details box swapped", "package") => new ConsentPackage([mine.Boxes[0] with { DetailsBox = others.Boxes[0].DetailsBox }]).ToArray(),
            _ => content,
        };
        Assert.AreEqual(expected, (await world.ReleaseAsync(world.Request(consent))).Refused[0]);
        Assert.AreEqual(10u, world.Ledger.Read(state => state.Consent(consent)!.UsesLeft));

        // What it was told once does not stick.
        world.Node.Contents = static (_, _, content) => content;
        Assert.AreEqual(RefusalReason.None, (await world.ReleaseAsync(world.Request(consent))).Refused[0]);
    }

    [TestMethod]
    [DataRow("record tampered", RefusalReason.DigestMismatch)]
    [DataRow("other record", RefusalReason.DigestMismatch)]
    [DataRow("no record", RefusalReason.Malformed)]
    [DataRow("profile of another", RefusalReason.IssuerNotTrusted)]
    public async Task Answer_RecordOrProfileSwapped_IsRefused(string what, RefusalReason expected)
    {
        await using var world = await EnclaveWorld.CreateAsync();
        var consent = world.Grant();
        var other = world.Issue(world.IssuerKey);
        world.Node.Contents = (kind, digest, content) => (what, kind) switch
        {
            ("record tampered", "record") => [.. content[..^1], (byte)(content[^1] ^ 1)],
            ("other record", "record") => other.Bytes.ToArray(),
            ("no record", "record") => [1],
            ("profile of another", "document") when digest != world.Contract.Digest => [.. content[..^1], (byte)(content[^1] ^ 1)],
            _ => content,
        };
        Assert.AreEqual(expected, await AnswerReasonAsync(world, consent));
    }

    [TestMethod]
    public async Task Answer_RecordErasedOnTheLedger_IsRefusedThoughTheVaultHasIt()
    {
        await using var world = await EnclaveWorld.CreateAsync();
        var consent = world.Grant();
        world.Ledger.AppendOrThrow(world.As(world.Citizen).Erase(world.Record.Digest, new StatedReason("", EnclaveWorld.RandomDigest())));
        Assert.AreEqual(RefusalReason.Erased, await AnswerReasonAsync(world, consent));
    }

    [TestMethod]
    public async Task Answer_RecordNotInTheVault_IsRefused()
    {
        await using var world = await EnclaveWorld.CreateAsync();
        var consent = world.Grant();
        world.Ledger.Records.Clear();
        Assert.AreEqual(RefusalReason.RecordMissing, await AnswerReasonAsync(world, consent));
    }

    [TestMethod]
    public async Task Answer_RecordNotAnchored_IsRefused()
    {
        await using var world = await EnclaveWorld.CreateAsync();
        var record = world.Issue(world.IssuerKey);
        world.Ledger.Records[record.Digest] = record.Bytes.ToArray();
        Assert.AreEqual(RefusalReason.RecordMissing, await AnswerReasonAsync(world, world.Grant(new ConsentParts { Record = record })));
    }

    [TestMethod]
    public async Task Answer_RecordSignedByAKeyThatIsNotEnrolled_IsRefused()
    {
        await using var world = await EnclaveWorld.CreateAsync();
        using var forged = IssuerKey.Generate(EcdsaJws.Es256);
        var record = world.Issue(forged, "2015-01-01");
        world.Anchor(record);
        Assert.AreEqual(RefusalReason.IssuerNotTrusted, await AnswerReasonAsync(world, world.Grant(new ConsentParts { Record = record })));
    }

    // The profile was enrolled all the same, and the node keeps the record: each of these checks is this process's own.
    [TestMethod]
    public async Task Record_OfAnIssuerOrASealOfTheOtherSuite_IsRefusedByName()
    {
        await using var world = await EnclaveWorld.CreateAsync();
        using var office = Account.Generate();
        using var national = IssuerKey.Generate(EcdsaJws.Sm2Sm3);
        using var holderKey = HpkePrivateKey.Generate(HpkeKem.Sm2);
        world.EnrolIssuer(office, national);
        var signedElsewhere = world.Issue(world.IssuerKey, "1991-05-17");
        world.Anchor(signedElsewhere, office);
        var sealedElsewhere = SealedRecord.Create(world.Schema, EnclaveWorld.Claims(), national, "issuer", world.Citizen.Address, holderKey.PublicKey, 1_790_000_000).OrThrow();
        world.Anchor(sealedElsewhere);
        await world.CaughtUpAsync();
        Assert.AreEqual(RefusalReason.WrongSuite, await ReasonAsync(signedElsewhere));
        Assert.AreEqual(RefusalReason.WrongSuite, await ReasonAsync(sealedElsewhere));
        Assert.AreEqual(RefusalReason.None, await ReasonAsync(world.Record));

        async Task<RefusalReason> ReasonAsync(SealedRecord record) =>
            (await world.Records.GetAsync(record.Digest, world.Schema, selfAsserted: false, (ulong)world.Time.Now, CancellationToken.None)).Reason;
    }

    [TestMethod]
    public async Task Answer_IssuerExpelled_IsRefused()
    {
        await using var world = await EnclaveWorld.CreateAsync();
        var consent = world.Grant();
        var fingerprint = OrganisationProfile.FingerprintOf(world.IssuerKey.Algorithm, world.IssuerKey.PublicKey.Span);
        world.Ledger.AppendOrThrow(world.As(world.Governor).Expel(LedgerRole.Issuer, world.Issuer.Address, fingerprint, Digest.Zero));
        Assert.AreEqual(RefusalReason.IssuerNotTrusted, await AnswerReasonAsync(world, consent));
    }

    // The key of the family name in the place of the birth date's.
    [TestMethod]
    public async Task Answer_KeyOfAnotherField_IsRefused()
    {
        await using var world = await EnclaveWorld.CreateAsync();
        var consent = world.Grant(new ConsentParts { Parts = static schema => [(0, 0), ((ushort)(schema.IndexOf("birthDate") + 1), 1)] });
        Assert.AreEqual(RefusalReason.CannotOpen, await AnswerReasonAsync(world, consent));
    }

    [TestMethod]
    public async Task Answer_KeyNotHandedOver_IsRefused()
    {
        await using var world = await EnclaveWorld.CreateAsync();
        Assert.AreEqual(RefusalReason.CannotOpen, await AnswerReasonAsync(world, world.Grant(new ConsentParts { Parts = static _ => [(0, 0)] })));
    }

    [TestMethod]
    public async Task Answer_DeliveryRefusedByTheLedger_NothingIsSealed()
    {
        await using var world = await EnclaveWorld.CreateAsync();
        var consent = world.Grant();
        world.Node.Claims = claims => world.Node.Appended[^1].Kind == EntryKind.Deliver
            ? [.. claims.Select(_ => new AppendClaim(RefusalReason.StorageFailed, 0))]
            : claims;
        Assert.AreEqual(RefusalReason.StorageFailed, await AnswerReasonAsync(world, consent));
    }

    private static async Task<RefusalReason> AnswerReasonAsync(EnclaveWorld world, Digest consent)
    {
        using var bank = new TestInstitution(world);
        Assert.AreEqual(RefusalReason.None, await bank.OpenAsync());
        var envelope = await bank.AskAsync(EnclaveWorld.QueryFor(consent));
        Assert.AreEqual(envelope.Reason == RefusalReason.None, envelope.Answer.Length > 0);
        return envelope.Reason;
    }
}
