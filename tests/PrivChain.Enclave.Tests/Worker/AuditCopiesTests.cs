using System.Text;
using PrivChain.Core.Bytes;
using PrivChain.Core.Documents;
using PrivChain.Core.Hpke;
using PrivChain.Core.Keys;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Enclave.Tests.World;
using PrivChain.Enclave.Worker;

namespace PrivChain.Enclave.Tests.Worker;

/// <summary>Regulators' copies as the worker seals them: for whom, bound to what, and without a value in them.</summary>
[TestClass]
public sealed class AuditCopiesTests
{
    [TestMethod]
    public async Task Query_Answered_LeavesTheRegulatorACopyWithoutAValue()
    {
        await using var world = await EnclaveWorld.CreateAsync();
        using var bank = new TestInstitution(world);
        await bank.OpenAsync();
        var envelope = await bank.AskAsync(EnclaveWorld.QueryFor(world.Grant()));
        var copy = await NextAsync(world);
        Assert.AreEqual(world.Regulator.Address, copy.Regulator);
        var use = Use(world, envelope);
        Assert.AreEqual(use.Digest, copy.Use);
        Assert.IsTrue(InboxMessage.TryOpen(world.Domain, world.Regulator.Address, world.RegulatorKey, copy.Box, out var message));
        var opened = AuditCopy.Verify(world.Domain.LedgerId, message, use, ReceiptCore.DigestOf(world.Domain.Suite, envelope.ReceiptCore.Span), world.Contract).OrThrow();
        CollectionAssert.AreEqual(new[] { FieldOutcome.Derived, FieldOutcome.NotShared }, opened.Fields.Select(field => field.Outcome).ToArray());

        // No other key opens it, and the regulator's key opens it for nobody else.
        using var other = HpkePrivateKey.Generate(HpkeKem.X25519);
        Assert.IsFalse(InboxMessage.TryOpen(world.Domain, world.Regulator.Address, other, copy.Box, out _));
        Assert.IsFalse(InboxMessage.TryOpen(world.Domain, world.Regulator.Address, world.InstitutionKey, copy.Box, out _));
        Assert.IsFalse(InboxMessage.TryOpen(world.Domain, world.Citizen.Address, world.RegulatorKey, copy.Box, out _));

        // Every value of the record; those of one or two letters lie in random bytes by chance. Neither the answer nor the salt with which a short answer could be tried out.
        foreach (var value in (string[])["32010619900517123X", "1990-05-17", "female", "1 River Road", "Office"])
        {
            AssertAbsent(message, Encoding.UTF8.GetBytes(value));
        }

        AssertAbsent(message, envelope.Answer.Span);
        AssertAbsent(message, envelope.OutputSalt.ToArray());
        AssertAbsent(message, Encoding.ASCII.GetBytes(envelope.OutputSalt.ToString()[2..]));
        Assert.IsTrue(Holds(message, envelope.ReceiptCore.Span), "the search finds what is there");
    }

    [TestMethod]
    public async Task Query_ManyInOneUse_TheCopyIsProvedUnderTheirRoot()
    {
        await using var world = await EnclaveWorld.CreateAsync();
        var consent = world.Grant(new ConsentParts { Uses = 40 });
        using var bank = new TestInstitution(world);
        await bank.OpenAsync();
        bank.Send(new() { Queries = bank.Seal([.. Enumerable.Range(0, 30).Select(_ => EnclaveWorld.QueryFor(consent))]) });
        for (var answered = 0; answered < 30;)
        {
            var (ids, envelope, _) = await bank.AnswerAsync();
            answered += ids.Count;
            var copy = await NextAsync(world);
            Assert.IsTrue(InboxMessage.TryOpen(world.Domain, world.Regulator.Address, world.RegulatorKey, copy.Box, out var message));
            Assert.IsTrue(AuditCopy.Verify(world.Domain.LedgerId, message, Use(world, envelope), ReceiptCore.DigestOf(world.Domain.Suite, envelope.ReceiptCore.Span), world.Contract).Accepted);
        }
    }

    // Each regulator whose approval stands gets one; who withdrew, never approved, or has no profile that the node hands out, gets none.
    [TestMethod]
    public async Task Query_Answered_CopiesGoToThoseWhoApproveAndToNobodyElse()
    {
        await using var world = await EnclaveWorld.CreateAsync();
        using var second = Account.Generate();
        using var withdrew = Account.Generate();
        using var silent = Account.Generate();
        using var unprofiled = Account.Generate();
        using var key = HpkePrivateKey.Generate(HpkeKem.X25519);
        foreach (var regulator in (Account[])[second, withdrew, silent])
        {
            world.EnrolRegulator(regulator, key);
        }

        world.Enrol(LedgerRole.Regulator, unprofiled.Address, Digest.Zero, EnclaveWorld.RandomDigest());
        foreach (var regulator in (Account[])[second, withdrew, unprofiled])
        {
            world.Ledger.AppendOrThrow(world.As(regulator).Approve(world.Contract.Digest, EnclaveWorld.RandomDigest()));
        }

        world.Ledger.AppendOrThrow(world.As(withdrew).Withdraw(world.Contract.Digest, EnclaveWorld.RandomDigest()));
        using var bank = new TestInstitution(world);
        await bank.OpenAsync();
        var envelope = await bank.AskAsync(EnclaveWorld.QueryFor(world.Grant()));
        Assert.AreEqual(RefusalReason.None, envelope.Reason);
        var copies = new[] { await NextAsync(world), await NextAsync(world) };
        CollectionAssert.AreEquivalent(new[] { world.Regulator.Address, second.Address }, copies.Select(copy => copy.Regulator).ToArray());

        // The next answer's copies come after the first one's were all left.
        await bank.AskAsync(EnclaveWorld.QueryFor(world.Grant()));
        Assert.AreNotEqual(copies[0].Use, (await NextAsync(world)).Use, "a third copy of the first use");
    }

    // A profile that is not the enrolled one would have the copy sealed to whoever wrote it: here the node, with a key of its own.
    [TestMethod]
    public async Task Auditors_ProfileChangedByTheNode_IsLeftOut()
    {
        await using var world = await EnclaveWorld.CreateAsync();
        using var nodesKey = HpkePrivateKey.Generate(HpkeKem.X25519);
        Assert.HasCount(1, await world.Auditors.OfAsync(world.Contract.Digest, (ulong)world.Time.Now, CancellationToken.None));
        world.Node.Contents = (_, _, _) => EnclaveWorld.ProfileOf(world.Regulator, nodesKey);
        var again = new Auditors(world.Node, world.View);
        Assert.IsEmpty(await again.OfAsync(world.Contract.Digest, (ulong)world.Time.Now, CancellationToken.None));
        world.Node.Contents = (_, digest, content) => content;
        Assert.HasCount(1, await again.OfAsync(world.Contract.Digest, (ulong)world.Time.Now, CancellationToken.None));
        world.Ledger.AppendOrThrow(world.As(world.Governor).Expel(LedgerRole.Regulator, world.Regulator.Address, Digest.Zero, Digest.Zero));
        await world.CaughtUpAsync();
        Assert.IsEmpty(await again.OfAsync(world.Contract.Digest, (ulong)world.Time.Now, CancellationToken.None), "an expelled regulator");
    }

    [TestMethod]
    [DataRow(RefusalReason.Overloaded)]
    [DataRow(RefusalReason.NotAllowed)]
    public async Task Query_NodeTakesNoCopies_IsAnsweredAllTheSame(RefusalReason reason)
    {
        await using var world = await EnclaveWorld.CreateAsync();
        world.Node.CopiesRefused = reason;
        var consent = world.Grant();
        using var bank = new TestInstitution(world);
        await bank.OpenAsync();
        Assert.AreEqual(RefusalReason.None, (await bank.AskAsync(EnclaveWorld.QueryFor(consent))).Reason);
        Assert.AreEqual(RefusalReason.None, (await bank.AskAsync(EnclaveWorld.QueryFor(consent))).Reason);
        await WaitFor(() => world.Node.CopiesAsked == 2);
        Assert.IsEmpty(world.Ledger.Copies);
    }

    [TestMethod]
    public async Task Send_NodeIsAwayForAMoment_IsTriedAgain()
    {
        await using var world = await EnclaveWorld.CreateAsync();
        world.Node.CopiesRefused = RefusalReason.Unavailable;
        var sending = AuditCopies.SendAsync(world.Node, [new SealedAuditCopy(Digest.Zero, world.Regulator.Address, [1])], TimeProvider.System, CancellationToken.None);
        world.Node.CopiesRefused = null;
        await sending;
        Assert.AreEqual(2, world.Node.CopiesAsked);
        Assert.HasCount(1, world.Ledger.Copies);
    }

    private static AuthenticEntry Use(EnclaveWorld world, AnswerEnvelope envelope)
    {
        Assert.IsTrue(Entry.TryParse(world.Ledger.Entries[(int)envelope.UseIndex], out var entry));
        return AuthenticEntry.Authenticate(entry, world.Domain).OrThrow();
    }

    private static async Task<SealedAuditCopy> NextAsync(EnclaveWorld world)
    {
        SealedAuditCopy? copy = null;
        await WaitFor(() => world.Ledger.Copies.TryDequeue(out copy));
        return copy!;
    }

    private static void AssertAbsent(InboxMessage message, ReadOnlySpan<byte> bytes) => Assert.IsFalse(Holds(message, bytes), Encoding.UTF8.GetString(bytes));

    private static bool Holds(InboxMessage message, ReadOnlySpan<byte> bytes) => message.Body.Span.IndexOf(bytes) >= 0;

    private static async Task WaitFor(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!condition())
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
