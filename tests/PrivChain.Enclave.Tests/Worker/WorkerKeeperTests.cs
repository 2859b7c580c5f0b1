using PrivChain.Core.Bytes;
using PrivChain.Core.Documents;
using PrivChain.Core.Hpke;
using PrivChain.Core.Keys;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Core.Suites;
using PrivChain.Enclave.Broker;
using PrivChain.Enclave.Evidence;
using PrivChain.Enclave.Node;
using PrivChain.Enclave.Tests.World;

namespace PrivChain.Enclave.Tests.Worker;

[TestClass]
public sealed class WorkerKeeperTests
{
    [TestMethod]
    public async Task Run_OnceEnrolled_RecordsASessionThatTheLedgerProves()
    {
        await using var world = await EnclaveWorld.CreateAsync();
        var worker = world.Workers.Current!;
        Assert.IsTrue(Entry.TryParse(world.Ledger.Entries[(int)worker.Admitted.Index], out var entry));
        Assert.AreEqual(EntryKind.Session, entry.Kind);
        Assert.AreEqual(world.State.Secrets.Account.Address, entry.Signer);
        Assert.AreEqual(worker.Account.Address, entry.Party);
        Assert.AreEqual(world.Evidence.Measurement, entry.Reference);
        Assert.AreEqual(new SessionDetails(worker.SessionKey.PublicKey.Fingerprint, Digest.OfSha256(worker.Evidence)).StructHash(Suite.International), entry.Details);
        Assert.IsTrue(world.Ledger.Documents.ContainsKey(Digest.OfSha256(worker.Evidence)), "the evidence is there to read");
    }

    [TestMethod]
    public async Task Run_SessionRecordedBefore_EndsTheProcess()
    {
        await using var world = await EnclaveWorld.CreateAsync(startWorker: false);
        world.Node.Claims = static claims => [.. claims.Select(static _ => new AppendClaim(RefusalReason.CloneRefused, 0))];
        var refused = await Assert.ThrowsExactlyAsync<RefusalException>(world.StartWorkerAsync);
        Assert.AreEqual(RefusalReason.CloneRefused, refused.Reason);
    }

    [TestMethod]
    public async Task Run_SessionRefusedAgainAndAgain_SaysWhyOnce_AndGoesOnOnceItMay()
    {
        await using var world = await EnclaveWorld.CreateAsync(startWorker: false);
        var tries = 0;
        var thrice = new TaskCompletionSource();
        world.Node.Claims = claims =>
        {
            if (++tries == 3)
            {
                world.Node.Claims = static claims => claims;
                thrice.SetResult();
            }

            return [.. claims.Select(static _ => new AppendClaim(RefusalReason.NotEnrolled, 0))];
        };
        var refusals = new List<Refusal>();
        var ready = new TaskCompletionSource();
        using var stop = new CancellationTokenSource();
        var running = world.Workers.RunAsync(_ => ready.TrySetResult(), refusals.Add, stop.Token);
        await ready.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.IsTrue(thrice.Task.IsCompleted);
        Assert.AreEqual(RefusalReason.NotEnrolled, refusals.Single().Reason);
        await stop.CancelAsync();
        await running;
    }

    [TestMethod]
    public async Task Admit_EvidenceOfOtherKeysRoleOrRoot_IsRefused()
    {
        await using var world = await EnclaveWorld.CreateAsync();
        using var account = Account.Generate();
        using var key = HpkePrivateKey.Generate(HpkeKem.X25519);
        using var otherAccount = Account.Generate();
        using var otherKey = HpkePrivateKey.Generate(HpkeKem.X25519);
        var evidence = await Evidence(world, EnclaveRole.Worker, []);

        Assert.AreEqual(RefusalReason.EvidenceNotBound, await Admit(new WorkerCandidate(otherAccount.Address, key.PublicKey, evidence)));
        Assert.AreEqual(RefusalReason.EvidenceNotBound, await Admit(new WorkerCandidate(account.Address, otherKey.PublicKey, evidence)));
        Assert.AreEqual(RefusalReason.EvidenceNotBound, await Admit(new WorkerCandidate(account.Address, key.PublicKey, await Evidence(world, EnclaveRole.Broker, []))));
        Assert.AreEqual(RefusalReason.EvidenceNotBound, await Admit(new WorkerCandidate(account.Address, key.PublicKey, await Evidence(world, EnclaveRole.Worker, new byte[32]))));

        await using var elsewhere = await EnclaveWorld.CreateAsync();
        Assert.AreEqual(RefusalReason.UntrustedRoot, await Admit(new WorkerCandidate(account.Address, key.PublicKey, await Evidence(elsewhere, EnclaveRole.Worker, []))));

        world.Time.Now += 400_000;
        Assert.AreEqual(RefusalReason.EvidenceNotFresh, await Admit(new WorkerCandidate(account.Address, key.PublicKey, evidence)));
        Assert.AreEqual(RefusalReason.None, await Admit(new WorkerCandidate(account.Address, key.PublicKey, await Evidence(world, EnclaveRole.Worker, []))));

        async Task<RefusalReason> Admit(WorkerCandidate candidate) => (await world.Broker.AdmitAsync(candidate, CancellationToken.None)).Reason;

        async Task<byte[]> Evidence(EnclaveWorld of, EnclaveRole role, byte[] nonce) =>
            await of.Evidence.ProduceAsync(role, account.Address, key.PublicKey, nonce, CancellationToken.None);
    }

    // Two processes with the same session: the ledger knows the account already.
    [TestMethod]
    public async Task Admit_SameAccountTwice_IsRefusedAsAClone()
    {
        await using var world = await EnclaveWorld.CreateAsync();
        using var account = Account.Generate();
        using var first = HpkePrivateKey.Generate(HpkeKem.X25519);
        using var second = HpkePrivateKey.Generate(HpkeKem.X25519);
        Assert.AreEqual(RefusalReason.None, await Admit(first));
        Assert.AreEqual(RefusalReason.CloneRefused, await Admit(second));

        async Task<RefusalReason> Admit(HpkePrivateKey key) => (await world.Broker.AdmitAsync(
            new WorkerCandidate(
                account.Address, key.PublicKey, await world.Evidence.ProduceAsync(EnclaveRole.Worker, account.Address, key.PublicKey, default, CancellationToken.None)),
            CancellationToken.None)).Reason;
    }
}
