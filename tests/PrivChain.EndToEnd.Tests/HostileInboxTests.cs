using Google.Protobuf;
using PrivChain.Core.Bytes;
using PrivChain.Core.Contracts;
using PrivChain.Core.Documents;
using PrivChain.Core.Hpke;
using PrivChain.Core.Keys;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Sdk.Connection;
using PrivChain.Sdk.Consent;
using PrivChain.Sdk.Query;
using Wire = PrivChain.Schemas.V1;

namespace PrivChain.EndToEnd.Tests;

/// <summary>Anyone may write to an inbox, and an enrolled party may sign anything: none of it hides what is true, and none of it stops a person from taking back what they gave.</summary>
[TestClass]
public sealed class HostileInboxTests
{
    private static World _world = null!;
    private static PrivacyContract _contract = null!;

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Cancellation => TestContext.CancellationToken;

    [ClassInitialize]
    public static async Task StartAsync(TestContext context)
    {
        _world = await SharedWorld.JoinAsync();
        _contract = await _world.PublishAsync("age-check");
        await _world.IssueIdentityAsync();
    }

    [ClassCleanup]
    public static async Task StopAsync() => await _world.DisposeAsync();

    // The institution cannot keep from the person what it saw: its own false copy lies first, and names the very use.
    [TestMethod]
    [Timeout(180_000, CooperativeCancellation = true)]
    public async Task FalseCopyOfAnAnswer_BeforeTheTrueOne_HidesNothing()
    {
        var given = await _world.ConsentAsync(_contract);
        await _world.Institution.QueryAsync(given, cancellationToken: Cancellation);
        await _world.AnswerCopyAsync(given.Digest, Cancellation);
        using var identity = IdentityFor(_world.Bank.Account.Address);
        var inbox = new InboxBox(_world.Connection, identity.Account, identity.Key);
        var (id, box, copy) = await TrueCopyAsync(inbox, identity, given.Digest);
        Assert.IsTrue(AnswerEnvelope.TryParse(copy.Body.Span, out var envelope));
        var worker = copy.Sender.ToString();
        var bogus = envelope with { ReceiptCore = System.Text.Encoding.UTF8.GetBytes(System.Text.Encoding.UTF8.GetString(envelope.ReceiptCore.Span).Replace(worker, _world.Bank.Account.Address.ToString(), StringComparison.Ordinal)) };
        Assert.AreEqual(_world.Bank.Account.Address, ReceiptCore.Parse(bogus.ReceiptCore.Span).OrThrow().Worker, "the false copy is one by its form");

        // Taken out and put back behind the false one.
        await inbox.RemoveAsync(id, Cancellation);
        await SendAsync(_world.Bank.Account, identity.Account.Address, identity.Key.PublicKey, InboxMessageKind.AnswerCopy, bogus.ToArray());
        await inbox.SendAsync([new Wire.OutgoingMessage { To = PrivChainConnection.Bytes(identity.Account.Address), Box = box }], Cancellation);
        Assert.IsTrue((await _world.AnswerCopyAsync(given.Digest, Cancellation)).Answer["identity-card.birthDate"].YesNo);
    }

    // Whoever knows a consent's digest may send a notice of it. The person's own counts, wherever it lies.
    [TestMethod]
    [Timeout(180_000, CooperativeCancellation = true)]
    public async Task FalseNoticeOfAConsent_BeforeThePersons_HidesNothing()
    {
        var pending = await _world.Institution.RequestAsync(_world.Citizen.ContactFor(_contract.Controller), _contract.Digest, 1, TimeSpan.FromDays(1), cancellationToken: Cancellation);
        var signed = await SignAsync(pending.Digest);
        using var stranger = Account.Generate();
        var details = signed.Details with { Title = "something else" };
        await SendAsync(stranger, _world.Bank.Account.Address, _world.Bank.EncryptionKey.PublicKey, InboxMessageKind.Consented, new ConsentNotice(signed.Digest, details).ToArray());
        await _world.Citizen.SendAsync(signed, Cancellation);
        var consent = await _world.Institution.GetConsentAsync(signed.Digest, Cancellation);
        Assert.AreEqual(signed.Details.Title, consent.Details.Title);
        Assert.AreEqual(signed.Digest, (await _world.Institution.FindAnswersAsync([pending], Cancellation)).Single().Consent!.Digest);

        // Of a consent with false notices only, it is said what is wrong with them.
        await SendAsync(stranger, _world.Bank.Account.Address, _world.Bank.EncryptionKey.PublicKey, InboxMessageKind.Consented, new ConsentNotice(Digest.OfSha256("none"u8), details).ToArray());
        Assert.AreEqual(RefusalReason.UnknownReference, (await Assert.ThrowsExactlyAsync<RefusalException>(() => _world.Institution.GetConsentAsync(Digest.OfSha256("none"u8), Cancellation))).Reason);
    }

    // Recorded and told is recorded and told, also when another window answered the message before.
    [TestMethod]
    [Timeout(180_000, CooperativeCancellation = true)]
    public async Task MessageThatIsGone_IsNoRefusalOfWhatStands()
    {
        var pending = await _world.Institution.RequestAsync(_world.Citizen.ContactFor(_contract.Controller), _contract.Digest, 1, TimeSpan.FromDays(1), cancellationToken: Cancellation);
        var received = (await _world.Citizen.RequestsAsync(Cancellation)).Single(request => request.Request.Digest == pending.Digest);
        var signed = await SignAsync(pending.Digest);
        using var identity = IdentityFor(_world.Bank.Account.Address);
        await new InboxBox(_world.Connection, identity.Account, identity.Key).RemoveAsync(received.MessageId, Cancellation);
        Assert.AreEqual(signed.Digest, await _world.Citizen.SendAsync(signed, Cancellation));
        await _world.Citizen.RefuseAsync(received, "too late", Cancellation);
    }

    [TestMethod]
    [Timeout(180_000, CooperativeCancellation = true)]
    public async Task NumbersThatAreNoDates_StopNobody()
    {
        using var identity = IdentityFor(_world.Bank.Account.Address);
        var request = new ConsentRequest { Contract = _contract.Digest, Uses = 1, ValidSeconds = ulong.MaxValue, Message = "from the end of time", Nonce = Digest.OfSha256("nonce"u8), Suite = _world.Connection.Domain.Suite };
        await SendAsync(_world.Bank.Account, identity.Account.Address, identity.Key.PublicKey, InboxMessageKind.Request, request.ToArray(), sentAt: ulong.MaxValue);
        Assert.IsFalse((await _world.Citizen.RequestsAsync(Cancellation)).Any(received => received.Request.Digest == request.Digest), "no request is from a day that there is not");

        // A request for longer than there is time is one for as long as the contract says.
        await SendAsync(_world.Bank.Account, identity.Account.Address, identity.Key.PublicKey, InboxMessageKind.Request, request.ToArray());
        var received = (await _world.Citizen.RequestsAsync(Cancellation)).Single(received => received.Request.Digest == request.Digest);
        using (var preview = await _world.Citizen.PreviewAsync(received, DisplayLanguage.English, Cancellation))
        {
            Assert.AreEqual(TimeSpan.FromDays(_contract.Limits.ValidDays), preview.MaxValidity);
        }

        // A consent that is valid for a second, in three hundred thousand million years.
        const ulong Never = 1UL << 63;
        var signed = await SignAsync(request.Digest);
        var entry = await new PersonalEntrySigner(_world.Connection.Domain, identity.Account).GrantAsync(
            _contract.Digest, _contract.Controller, Never, Never, 1, (uint)_contract.Limits.Price, signed.Details, Cancellation);
        await _world.Connection.Ledger.AppendAsync(entry, Cancellation);
        await SendAsync((Account)identity.Account, _world.Bank.Account.Address, _world.Bank.EncryptionKey.PublicKey, InboxMessageKind.Consented, new ConsentNotice(entry.DocumentDigest, signed.Details).ToArray());
        var given = (await _world.Institution.ListConsentsAsync(Cancellation)).Single(consent => consent.Digest == entry.DocumentDigest);
        Assert.AreEqual(9999, given.ValidUntil.ToOffset(TimeSpan.FromHours(14)).Year);
        var own = (await _world.Citizen.ConsentsAsync(Cancellation)).Single(consent => consent.Digest == entry.DocumentDigest);
        Assert.IsFalse(own.IsActive(DateTimeOffset.UtcNow));
        Assert.IsFalse((await _world.Citizen.ExportAsync(Cancellation)).Json.IsEmpty);
    }

    // What one of the node or of the issuers does about one record says nothing about the others, and nothing about consents.
    [TestMethod]
    [Timeout(180_000, CooperativeCancellation = true)]
    public async Task RecordThatCannotBeRead_IsNamed_AndHidesNoOther()
    {
        using var person = Cli.Deployment.RoleKeys.Generate();
        using var citizen = new CitizenClient(_world.Connection, person.Wallet);
        var contact = citizen.ContactFor(_world.Registry.Account.Address);
        var kept = await _world.IssueIdentityAsync(contact);
        var good = await _world.IssueIdentityAsync(contact);
        using var another = IssuerKey.Generate(EcdsaJws.Es256K);
        var forged = (await new Sdk.Issuing.IssuerClient(_world.Connection, _world.Registry.Account, another).IssueAsync(
            "identity-card/1", System.Text.Encoding.UTF8.GetBytes(World.IdentityClaims().ToJsonString()), contact, Cancellation)).Record;
        NodeDisk.ReplaceRecord(_world, kept, [0]);

        var records = await citizen.ReadRecordsAsync(Cancellation);
        using (var held = records.Held.Single())
        {
            Assert.AreEqual(good, held.Digest);
        }

        CollectionAssert.AreEquivalent(new[] { kept, forged }, records.Unreadable.Select(record => record.Digest).ToArray());
        Assert.IsTrue(records.Unreadable.All(record => record.Issuer == _world.Registry.Account.Address && record.Refusal.Reason != RefusalReason.None));
        await Assert.ThrowsExactlyAsync<RefusalException>(() => citizen.RecordsAsync(Cancellation));

        // Nor is it a reason to hand out nothing.
        var exported = await citizen.ExportAsync(Cancellation);
        Assert.AreEqual(records.Unreadable[0].Refusal.Reason, exported.Missing?.Reason);
        using var export = System.Text.Json.JsonDocument.Parse(exported.Json);
        Assert.AreEqual(good.ToString(), export.RootElement.GetProperty("records").EnumerateArray().Single().GetProperty("digest").GetString());
        CollectionAssert.AreEquivalent(
            new[] { kept.ToString(), forged.ToString() }, export.RootElement.GetProperty("unreadable").EnumerateArray().Select(record => record.GetProperty("digest").GetString()).ToArray());
    }

    private static PairwiseIdentity IdentityFor(AccountAddress counterparty) => new(_world.Person.Wallet, counterparty, null);

    private async Task SendAsync(Account sender, AccountAddress to, HpkePublicKey toKey, InboxMessageKind kind, byte[] body, ulong? sentAt = null)
    {
        var box = InboxMessage.Seal(_world.Connection.Domain, sender, to, toKey, kind, sentAt ?? (ulong)DateTimeOffset.UtcNow.ToUnixTimeSeconds(), body);
        await new InboxBox(_world.Connection, sender, key: null).SendAsync([new Wire.OutgoingMessage { To = PrivChainConnection.Bytes(to), Box = ByteString.CopyFrom(box) }], Cancellation);
    }

    private async Task<SignedConsent> SignAsync(Digest request)
    {
        var received = (await _world.Citizen.RequestsAsync(Cancellation)).Single(item => item.Request.Digest == request);
        using var preview = await _world.Citizen.PreviewAsync(received, DisplayLanguage.English, Cancellation);
        return await _world.Citizen.SignConsentAsync(preview, new ConsentChoices { Uses = 1 }, Cancellation);
    }

    private async Task<(ulong Id, ByteString Box, InboxMessage Message)> TrueCopyAsync(InboxBox inbox, PairwiseIdentity identity, Digest consent)
    {
        var copy = (await inbox.ReadAsync(Cancellation)).Single(item => item.Message.Kind == InboxMessageKind.AnswerCopy
            && AnswerEnvelope.TryParse(item.Message.Body.Span, out var envelope) && ReceiptCore.Parse(envelope.ReceiptCore.Span).OrThrow().Consent == consent);
        using var call = _world.Connection.InboxService.Receive(new Wire.ReceiveRequest(), await _world.Connection.HeadersAsync(identity.Account, Cancellation), cancellationToken: Cancellation);
        while (await call.ResponseStream.MoveNext(Cancellation))
        {
            if (call.ResponseStream.Current.Id == copy.Id)
            {
                return (copy.Id, call.ResponseStream.Current.Box, copy.Message);
            }
        }

        throw new AssertFailedException("the copy is gone");
    }
}
