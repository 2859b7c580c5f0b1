using System.Text.Json;
using PrivChain.Core.Bytes;
using PrivChain.Core.Contracts;
using PrivChain.Core.Documents;
using PrivChain.Core.Hpke;
using PrivChain.Core.Keys;
using PrivChain.Core.Ledger;
using PrivChain.Core.Records;
using PrivChain.Core.Refusals;
using PrivChain.Core.Suites;
using PrivChain.Enclave.Tests.World;

namespace PrivChain.Enclave.Tests.Worker;

[TestClass]
public sealed class QueryStoryTests
{
    [TestMethod]
    public async Task Query_UnderConsent_IsAnsweredWithReceiptUseAndDelivery()
    {
        await using var world = await EnclaveWorld.CreateAsync();
        var consent = world.Grant();
        using var bank = new TestInstitution(world);
        Assert.AreEqual(RefusalReason.None, await bank.OpenAsync());

        var query = EnclaveWorld.QueryFor(consent);
        var envelope = await bank.AskAsync(query);

        Assert.AreEqual(RefusalReason.None, envelope.Reason);
        Assert.AreEqual(QueryDocument.TreeOf(Suite.International, [query.Digest]).Root(), envelope.Queries);
        var answer = AnswerDocument.Parse(envelope.Answer.Span, world.Contract).OrThrow();
        Assert.IsTrue(answer[EnclaveWorld.Field].YesNo);
        Assert.AreEqual(FormResultKind.NotGranted, answer["identity-card.sex"].Kind);

        var core = ReceiptCore.Parse(envelope.ReceiptCore.Span).OrThrow();
        Assert.AreEqual(AnswerEnvelope.OutputDigest(Suite.International, envelope.OutputSalt, envelope.Answer.Span), core.Output);
        Assert.AreEqual("simulated", core.EvidenceKind);
        CollectionAssert.AreEqual(new[] { EnclaveWorld.Field }, core.Fields.ToArray());
        Assert.IsTrue(Entry.TryParse(world.Ledger.Entries[(int)envelope.UseIndex], out var use));
        Assert.AreEqual(core.Queries, use.Details);
        Assert.AreEqual(core.Use, use.DocumentDigest);
        Assert.IsTrue(Entry.TryParse(world.Ledger.Entries[(int)envelope.DeliveryIndex], out var delivery));
        Assert.AreEqual(ReceiptCore.DigestOf(Suite.International, envelope.ReceiptCore.Span), delivery.Details);
        Assert.AreEqual(envelope.Queries, use.Details);
    }

    [TestMethod]
    public async Task Query_Answered_LeavesTheCitizenACopy()
    {
        await using var world = await EnclaveWorld.CreateAsync();
        var consent = world.Grant();
        using var bank = new TestInstitution(world);
        await bank.OpenAsync();
        var envelope = await bank.AskAsync(EnclaveWorld.QueryFor(consent));
        await WaitFor(() => !world.Ledger.Inbox.IsEmpty);

        Assert.IsTrue(world.Ledger.Inbox.TryDequeue(out var message));
        Assert.AreEqual(world.Citizen.Address, message.To);
        Assert.IsTrue(InboxMessage.TryOpen(world.Domain, world.Citizen.Address, world.CitizenKey, message.Box, out var copy));
        Assert.AreEqual(world.Worker.Account, copy.Sender);
        Assert.IsTrue(AnswerEnvelope.TryParse(copy.Body.Span, out var copied));
        CollectionAssert.AreEqual(envelope.Answer.ToArray(), copied.Answer.ToArray());
    }

    [TestMethod]
    public async Task Query_ManyEqualAtOnce_ShareUsesAndAreAllCounted()
    {
        await using var world = await EnclaveWorld.CreateAsync();
        var consent = world.Grant(new ConsentParts { Uses = 40 });
        using var bank = new TestInstitution(world);
        await bank.OpenAsync();
        var queries = Enumerable.Range(0, 30).Select(_ => EnclaveWorld.QueryFor(consent)).ToList();
        bank.Send(new() { Queries = bank.Seal(queries) });

        var answered = new List<ulong>();
        var frames = 0;
        while (answered.Count < 30)
        {
            var (ids, envelope, size) = await bank.AnswerAsync();
            Assert.AreEqual(RefusalReason.None, envelope.Reason);
            Assert.AreEqual(QueryDocument.TreeOf(Suite.International, ids.Select(id => queries[(int)id].Digest)).Root(), envelope.Queries, "the envelope answers the queries that its frame names");
            Assert.AreEqual(AnswerEnvelope.SmallestClass + 16, size);
            answered.AddRange(ids);
            frames++;
        }

        Assert.IsLessThan(30, frames, "queries of one moment share a use and its frame");
        CollectionAssert.AreEquivalent(Enumerable.Range(0, 30).Select(id => (ulong)id).ToList(), answered);
        Assert.AreEqual(10u, world.Ledger.Read(state => state.Consent(consent)!.UsesLeft));
    }

    // Parallel requests on few uses: exactly that many succeed, and a refusal is as long as an answer.
    [TestMethod]
    public async Task Query_MoreThanUsesLeft_ExactlyTheUsesAreAnswered()
    {
        await using var world = await EnclaveWorld.CreateAsync();
        var consent = world.Grant(new ConsentParts { Uses = 3 });
        using var bank = new TestInstitution(world);
        await bank.OpenAsync();
        for (var i = 0; i < 64; i++)
        {
            bank.Ask(EnclaveWorld.QueryFor(consent));
        }

        var reasons = new List<RefusalReason>();
        var sizes = new HashSet<int>();
        while (reasons.Count < 64)
        {
            var (ids, envelope, size) = await bank.AnswerAsync();
            reasons.AddRange(ids.Select(_ => envelope.Reason));
            sizes.Add(size);
        }

        Assert.AreEqual(3, reasons.Count(reason => reason == RefusalReason.None));
        Assert.AreEqual(61, reasons.Count(reason => reason == RefusalReason.Exhausted));
        Assert.HasCount(1, sizes);
    }

    // An answer far above the smallest class: whole for the institution, a copy of it for the citizen, and a refusal under the same contract of the same length.
    [TestMethod]
    public async Task Query_LongAnswer_IsAnsweredAndRefusedInOneSize()
    {
        await using var world = await EnclaveWorld.CreateAsync();
        Assert.IsTrue(SchemaCatalog.BuiltIn.TryFind("patient-summary/1", out var schema));
        string[] lists = ["conditions", "activeConditions", "medications", "procedures"];
        var contract = world.Publish(EnclaveWorld.DefaultContract
            .Replace("identity-card/1", schema.Id, StringComparison.Ordinal)
            .Replace("""{"identity-card.birthDate":{"form":"age-at-least","years":18},"identity-card.sex":{"form":"value","optional":true}}""",
                "{" + string.Join(',', lists.Select(name => $"\"patient-summary.{name}\":{{\"form\":\"value\"}}")) + "}", StringComparison.Ordinal));
        var entries = string.Join(',', Enumerable.Range(0, 20).Select(i => $"\"{i:000} {new string('x', 190)}\""));
        var record = world.Issue(world.IssuerKey, schema, JsonDocument.Parse($$"""
            {"patientId":"1","familyName":"Li","givenName":"Mei","birthDate":"1990-05-17","gender":"female","allergies":[],"immunizations":[],"encounterCount":3,
            {{string.Join(',', lists.Select(name => $"\"{name}\":[{entries}]"))}}}
            """).RootElement);
        world.Anchor(record);
        var consent = world.Grant(new ConsentParts
        {
            Contract = contract, Record = record, Schema = schema, Uses = 1, Fields = [.. lists.Select(name => "patient-summary." + name).Order(StringComparer.Ordinal)],
            Parts = all => lists.Select(all.IndexOf).Append(-1).Order().Select(index => ((ushort)(index + 1), index + 1)),
        });
        using var bank = new TestInstitution(world);
        await bank.OpenAsync();

        bank.Ask(EnclaveWorld.QueryFor(consent));
        var (_, answered, answerSize) = await bank.AnswerAsync();
        Assert.AreEqual(RefusalReason.None, answered.Reason);
        Assert.IsGreaterThan(15_000, answered.Answer.Length);
        Assert.HasCount(20, AnswerDocument.Parse(answered.Answer.Span, contract).OrThrow()["patient-summary.conditions"].Value!.Value.EnumerateArray().ToList());

        bank.Ask(EnclaveWorld.QueryFor(consent));
        var (_, refused, refusalSize) = await bank.AnswerAsync();
        Assert.AreEqual(RefusalReason.Exhausted, refused.Reason);
        Assert.AreEqual(answerSize, refusalSize);

        await WaitFor(() => !world.Ledger.Inbox.IsEmpty);
        Assert.IsTrue(world.Ledger.Inbox.TryDequeue(out var message));
        Assert.IsTrue(InboxMessage.TryOpen(world.Domain, world.Citizen.Address, world.CitizenKey, message.Box, out var copy));
        Assert.IsTrue(AnswerEnvelope.TryParse(copy.Body.Span, out var copied));
        CollectionAssert.AreEqual(answered.Answer.ToArray(), copied.Answer.ToArray());
    }

    [TestMethod]
    public async Task Query_AfterRevocation_IsRefused()
    {
        await using var world = await EnclaveWorld.CreateAsync();
        var consent = world.Grant();
        using var bank = new TestInstitution(world);
        await bank.OpenAsync();
        Assert.AreEqual(RefusalReason.None, (await bank.AskAsync(EnclaveWorld.QueryFor(consent))).Reason);
        world.Revoke(consent);
        Assert.AreEqual(RefusalReason.Revoked, (await bank.AskAsync(EnclaveWorld.QueryFor(consent))).Reason);
    }

    [TestMethod]
    public async Task Query_StreamEnds_EveryQueryTakenIsAnsweredFirst()
    {
        await using var world = await EnclaveWorld.CreateAsync();
        var consent = world.Grant();
        using var bank = new TestInstitution(world);
        await bank.OpenAsync();
        bank.Ask(EnclaveWorld.QueryFor(consent));
        bank.Finish();
        Assert.AreEqual(RefusalReason.None, (await bank.AnswerAsync()).Envelope.Reason);
        await bank.Running;
    }

    [TestMethod]
    [DataRow("changed", RefusalReason.CannotOpen)]
    [DataRow("repeated", RefusalReason.CannotOpen)]
    [DataRow("reordered", RefusalReason.CannotOpen)]
    [DataRow("renumbered", RefusalReason.CannotOpen)]
    [DataRow("none in it", RefusalReason.Malformed)]
    [DataRow("ids that wrap", RefusalReason.Malformed)]
    [DataRow("too many", RefusalReason.TooLarge)]
    [DataRow("opened twice", RefusalReason.Malformed)]
    [DataRow("too large", RefusalReason.TooLarge)]
    public async Task Session_FrameOutOfOrder_IsClosed(string what, RefusalReason expected)
    {
        await using var world = await EnclaveWorld.CreateAsync();
        var consent = world.Grant();
        using var bank = new TestInstitution(world);
        await bank.OpenAsync();
        var first = bank.Seal(EnclaveWorld.QueryFor(consent));
        var second = bank.Seal(EnclaveWorld.QueryFor(consent));
        switch (what)
        {
            case "changed":
                first.Sealed = Google.Protobuf.ByteString.CopyFrom([.. first.Sealed.Span[..^1], (byte)(first.Sealed[^1] ^ 1)]);
                bank.Send(new() { Queries = first });
                break;
            case "repeated":
                bank.Send(new() { Queries = first });
                Assert.AreEqual(RefusalReason.None, (await bank.AnswerAsync()).Envelope.Reason);
                bank.Send(new() { Queries = first });
                break;
            case "renumbered":
                first.First++;
                bank.Send(new() { Queries = first });
                break;
            case "none in it":
                first.Count = 0;
                bank.Send(new() { Queries = first });
                break;
            case "ids that wrap":
                first.First = ulong.MaxValue;
                bank.Send(new() { Queries = first });
                break;
            case "too many":
                first.Count = SessionFrame.MaxQueries + 1;
                bank.Send(new() { Queries = first });
                break;
            case "reordered":
                bank.Send(new() { Queries = second });
                break;
            case "opened twice":
                bank.Send(new() { Open = bank.Opening() });
                break;
            case "too large":
                bank.Send(new() { Queries = new() { First = 1, Count = 1, Sealed = Google.Protobuf.ByteString.CopyFrom(new byte[100_000]) } });
                break;
        }

        Assert.AreEqual((uint)expected, (await bank.NextAsync()).Refused);
        await bank.Running;
    }

    [TestMethod]
    [DataRow("stranger", RefusalReason.BadSignature)]
    [DataRow("other key", RefusalReason.BadSignature)]
    [DataRow("old", RefusalReason.ClockSkew)]
    [DataRow("future", RefusalReason.ClockSkew)]
    [DataRow("short account", RefusalReason.Malformed)]
    [DataRow("key of the other suite", RefusalReason.WrongSuite)]
    [DataRow("signature of the other suite", RefusalReason.WrongSuite)]
    [DataRow("query first", RefusalReason.Malformed)]
    public async Task Session_OpeningChanged_IsRefused(string what, RefusalReason expected)
    {
        await using var world = await EnclaveWorld.CreateAsync();
        using var bank = new TestInstitution(world);
        var opening = bank.Opening();
        switch (what)
        {
            case "stranger":
                opening.Institution = Google.Protobuf.ByteString.CopyFrom(world.Citizen.Address.ToArray());
                break;
            case "other key":
                opening.RecipientKey = Google.Protobuf.ByteString.CopyFrom(world.CitizenKey.PublicKey.ToArray());
                break;
            case "old":
                opening.OpenedAt -= QuerySession.MaxSkewSeconds + 1;
                break;
            case "future":
                opening.OpenedAt += QuerySession.MaxSkewSeconds + 1;
                break;
            case "short account":
                opening.Institution = Google.Protobuf.ByteString.CopyFrom(new byte[19]);
                break;
            case "key of the other suite":
                using (var key = HpkePrivateKey.Generate(Suite.National.Kem))
                {
                    opening.RecipientKey = Google.Protobuf.ByteString.CopyFrom(key.PublicKey.ToArray());
                }

                break;
            case "signature of the other suite":
                using (var account = Account.Generate(Suite.National))
                {
                    opening.Signature = Google.Protobuf.ByteString.CopyFrom(account.Sign(Digest.Zero).ToArray());
                }

                break;
            case "query first":
                bank.Send(new() { Queries = new() { First = 1, Count = 1 } });
                Assert.AreEqual((uint)expected, (await bank.NextAsync()).Refused);
                return;
        }

        Assert.AreEqual(expected, await bank.OpenAsync(opening));
    }

    [TestMethod]
    public async Task Session_KeyNotEnrolledForTheInstitution_IsRefused()
    {
        await using var world = await EnclaveWorld.CreateAsync();
        world.Ledger.AppendOrThrow(world.As(world.Governor).Expel(
            LedgerRole.Institution, world.Institution.Address, world.InstitutionKey.PublicKey.Fingerprint, Digest.Zero));
        await world.CaughtUpAsync();
        using var bank = new TestInstitution(world);
        Assert.AreEqual(RefusalReason.NotEnrolled, await bank.OpenAsync());
    }

    [TestMethod]
    public async Task Session_OpeningReplayed_IsRefused()
    {
        await using var world = await EnclaveWorld.CreateAsync();
        using var first = new TestInstitution(world);
        var opening = first.Opening();
        Assert.AreEqual(RefusalReason.None, await first.OpenAsync(opening));
        using var second = new TestInstitution(world);
        Assert.AreEqual(RefusalReason.AlreadyRecorded, await second.OpenAsync(opening));
        first.Finish();
        await first.Running;
        using var third = new TestInstitution(world);
        Assert.AreEqual(RefusalReason.AlreadyRecorded, await third.OpenAsync(opening));
    }

    private static async Task WaitFor(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (!condition())
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
