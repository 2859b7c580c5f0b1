using PrivChain.Core.Bytes;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Enclave.Tests.World;

namespace PrivChain.Enclave.Tests.Broker;

[TestClass]
public sealed class RevokeRaceTests
{
    private const int Seeds = 150;

    // Released exactly when the use stands before the revocation, whatever the interleaving.
    [TestMethod]
    public async Task Release_RacingRevocation_HappensIffTheUseStandsFirst()
    {
        await using var world = await EnclaveWorld.CreateAsync();
        var released = 0;
        for (var seed = 0; seed < Seeds; seed++)
        {
            var consent = world.Grant(new ConsentParts { Uses = 1 });
            await world.CaughtUpAsync();
            var request = world.Request(consent);
            var pauses = seed * 37 % 200;
            var revoking = Task.Run(() =>
            {
                Thread.SpinWait(pauses * 1000);
                world.Revoke(consent);
            });
            var outcome = await world.ReleaseAsync(request);
            await revoking;

            var use = IndexOf(world, EntryKind.Use, consent);
            var revoke = IndexOf(world, EntryKind.Revoke, consent);
            Assert.IsNotNull(revoke);
            Assert.IsTrue(outcome.Releases.Count == 0 || use < revoke, $"seed {seed}");
            Assert.AreEqual(outcome.Releases.Count == 1 ? RefusalReason.None : RefusalReason.Revoked, outcome.Refused[0], $"seed {seed}");
            released += outcome.Releases.Count;
        }

        Assert.IsGreaterThan(0, released, "no seed released: the race was none");
        Assert.IsLessThan(Seeds, released, "every seed released: the race was none");
    }

    // The revocation slips in between the broker's look and its entry: always the ledger's order decides.
    [TestMethod]
    public async Task Release_RevokedBetweenLookAndEntry_IsRefused()
    {
        await using var world = await EnclaveWorld.CreateAsync();
        var consent = world.Grant();
        await world.CaughtUpAsync();
        world.Ledger.BeforeAppend = entry =>
        {
            if (entry.Kind == EntryKind.Use)
            {
                world.Ledger.BeforeAppend = null;
                world.Revoke(consent);
            }
        };
        var outcome = await world.ReleaseAsync(world.Request(consent));
        Assert.AreEqual(RefusalReason.Revoked, outcome.Refused[0]);
        Assert.IsNull(IndexOf(world, EntryKind.Use, consent));
    }

    [TestMethod]
    public async Task Release_RevokedRightAfterTheUseAndKnown_IsRefused()
    {
        await using var world = await EnclaveWorld.CreateAsync();
        var consent = world.Grant();
        await world.CaughtUpAsync();
        world.Node.Claims = claims =>
        {
            world.Node.Claims = static later => later;
            world.Revoke(consent);
            SpinWait.SpinUntil(() => world.View.Checkpoint?.Checkpoint.Size == (ulong)world.Ledger.Entries.Count);
            return claims;
        };
        Assert.AreEqual(RefusalReason.Revoked, (await world.ReleaseAsync(world.Request(consent))).Refused[0]);
        Assert.IsNotNull(IndexOf(world, EntryKind.Use, consent));
        Assert.AreEqual(RefusalReason.Revoked, (await world.ReleaseAsync(world.Request(consent))).Refused[0]);
    }

    private static int? IndexOf(EnclaveWorld world, EntryKind kind, Digest reference)
    {
        var index = world.Ledger.Entries.FindIndex(bytes => Entry.TryParse(bytes, out var entry) && entry.Kind == kind && entry.Reference == reference);
        return index < 0 ? null : index;
    }
}
