using System.Net;
using System.Text;
using PrivChain.Cli.Deployment;
using PrivChain.Core.Bytes;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Core.Tree;
using PrivChain.Sdk.Connection;
using PrivChain.Sdk.Trail;

namespace PrivChain.EndToEnd.Tests;

/// <summary>P6: one history. Two signed checkpoints that disagree are proof of guilt; nothing can be left out of a regulator's view unnoticed. The attacker has the log's own key.</summary>
[TestClass]
public sealed class P6_OneHistory
{
    private static World _world = null!;
    private static LedgerCopy _ledger = null!;
    private static Ed25519Key _logKey = null!;
    private static NoteSigner _log = null!;

    [ClassInitialize]
    public static async Task StartAsync(TestContext context)
    {
        _world = await World.StartAsync();
        await _world.IssueIdentityAsync();
        _ledger = await LedgerCopy.TakeAsync(_world.Connection);
        _logKey = new Ed25519Key(Secret(_world.Deployment.Folder.LogKey));
        _log = new NoteSigner(Origin, NoteKeyType.Ed25519, _logKey);
    }

    [ClassCleanup]
    public static async Task StopAsync()
    {
        _logKey.Dispose();
        await _world.DisposeAsync();
    }

    private static string Origin => _world.Deployment.Genesis.Origin;

    private static ulong Size => (ulong)_ledger.Entries.Count;

    [TestMethod]
    public void Checkpoints_OfOneSizeAndTwoRoots_ProveGuilt()
    {
        var (real, fork) = (SignAt(Real(), Size), SignAt(Fork(1), Size));
        Assert.IsTrue(Proves(new SplitViewProof(real, fork)));
        Assert.IsFalse(Proves(new SplitViewProof(real, real)));

        // Written down and handed over, it proves the same; with a byte changed, nothing.
        var kept = new SplitViewProof(real, fork).ToArray();
        Assert.IsTrue(SplitViewProof.TryParse(kept, out var read) && Proves(read));
        for (var i = 0; i < kept.Length; i++)
        {
            var changed = kept.ToArray();
            changed[i] ^= 1;
            Assert.IsFalse(SplitViewProof.TryParse(changed, out var other) && Proves(other) && !SameClaim(other, real, fork), $"byte {i}");
        }
    }

    [TestMethod]
    public void Checkpoints_OfTwoSizes_ProveGuiltWhateverEntryWasChanged()
    {
        for (var changed = 0UL; changed < Size - 1; changed++)
        {
            // The fork replaces one entry; the smaller checkpoint is of the real history, behind the change.
            var (fork, smaller) = (Fork(changed), changed + 1);
            var proof = new SplitViewProof(SignAt(Real(), smaller), SignAt(fork, Size), fork.Root(smaller), fork.ConsistencyProof(smaller, Size));
            Assert.IsTrue(Proves(proof), $"entry {changed}");
        }

        // An honest log cannot be framed with its own checkpoints.
        var real = Real();
        for (var smaller = 1UL; smaller < Size; smaller++)
        {
            Assert.IsFalse(Proves(new SplitViewProof(SignAt(real, smaller), SignAt(real, Size), real.Root(smaller), real.ConsistencyProof(smaller, Size))));
            Assert.IsFalse(Proves(new SplitViewProof(SignAt(real, smaller), SignAt(real, Size), Digest.OfSha256("x"u8), real.ConsistencyProof(smaller, Size))));
        }
    }

    [TestMethod]
    [Timeout(60_000, CooperativeCancellation = true)]
    public async Task Witness_AskedForAFork_RefusesAndKeepsItsHistory()
    {
        using var http = new HttpClient();
        var before = await WitnessedRootAsync(http);
        var fork = Fork(1);

        // Of the size it has cosigned: 409, and no cosignature.
        await RefusesAsync(http, HttpStatusCode.Conflict, WitnessRequest.Compose(Size, [], SignAt(fork, Size)));

        // Longer, with the fork's own proof, with the real one, with none.
        fork.Append(MerkleHash.Sha256.Leaf("one entry more"u8.ToArray()));
        var longer = SignAt(fork, Size + 1);
        await RefusesAsync(http, HttpStatusCode.UnprocessableEntity, WitnessRequest.Compose(Size, fork.ConsistencyProof(Size, Size + 1), longer));
        var real = Real();
        real.Append(MerkleHash.Sha256.Leaf("one entry more"u8.ToArray()));
        await RefusesAsync(http, HttpStatusCode.UnprocessableEntity, WitnessRequest.Compose(Size, real.ConsistencyProof(Size, Size + 1), longer));
        await RefusesAsync(http, HttpStatusCode.UnprocessableEntity, WitnessRequest.Compose(Size, [], longer));

        // As if the witness had seen nothing or less.
        await RefusesAsync(http, HttpStatusCode.Conflict, WitnessRequest.Compose(0, [], longer));
        await RefusesAsync(http, HttpStatusCode.Conflict, WitnessRequest.Compose(1, fork.ConsistencyProof(1, Size + 1), longer));

        // Not even signed by the log.
        using var stranger = Ed25519Key.Generate();
        var unsigned = new NoteSigner(Origin, NoteKeyType.Ed25519, stranger).Sign(new Checkpoint(Origin, Size + 1, real.Root()).Text.Span);
        await RefusesAsync(http, HttpStatusCode.Forbidden, WitnessRequest.Compose(Size, real.ConsistencyProof(Size, Size + 1), unsigned));
        Assert.AreEqual(before, await WitnessedRootAsync(http));
    }

    [TestMethod]
    [Timeout(60_000, CooperativeCancellation = true)]
    public async Task Client_ThatRememberedAnotherHistory_RefusesTheNodeAndKeepsTheProof()
    {
        // Log and witness colluded and showed this client a fork, as large as the real history or shorter.
        for (var size = Size - 2; size <= Size; size++)
        {
            var heads = new InMemoryHeadStore();
            await heads.SaveAsync(_world.Connection.LedgerId, Cosigned(Fork(1), size));
            using var connection = await _world.ConnectAsync(heads: heads);
            var refused = await Assert.ThrowsExactlyAsync<RefusalException>(() => connection.Ledger.RefreshAsync());
            Assert.AreEqual(RefusalReason.SplitView, refused.Reason, refused.Message);
            Assert.AreEqual(RefusalReason.SplitView, (await Assert.ThrowsExactlyAsync<RefusalException>(() => connection.Ledger.FollowStateAsync())).Reason);
            Assert.IsTrue(Proves(heads.Proofs.First().Proof), $"size {size}");
        }

        // And one who remembers the real history goes on.
        var honest = new InMemoryHeadStore();
        await honest.SaveAsync(_world.Connection.LedgerId, Cosigned(Real(), Size - 2));
        using var fine = await _world.ConnectAsync(heads: honest);
        Assert.IsGreaterThanOrEqualTo(Size, (await fine.Ledger.RefreshAsync()).Checkpoint.Size);
        Assert.IsEmpty(honest.Proofs);
    }

    [TestMethod]
    [Timeout(60_000, CooperativeCancellation = true)]
    public async Task Client_ThatRememberedALongerHistory_RefusesTheShorterOne()
    {
        // The node was set back: what was acknowledged is gone. The client saw two entries more.
        var longer = Real();
        longer.Append(MerkleHash.Sha256.Leaf("acknowledged, then dropped 1"u8.ToArray()));
        longer.Append(MerkleHash.Sha256.Leaf("acknowledged, then dropped 2"u8.ToArray()));
        var heads = new InMemoryHeadStore();
        await heads.SaveAsync(_world.Connection.LedgerId, Cosigned(longer, Size + 2));
        using var connection = await _world.ConnectAsync(TimeSpan.FromSeconds(3), heads);
        await Assert.ThrowsExactlyAsync<RefusalException>(() => connection.Ledger.FollowStateAsync());
        await Assert.ThrowsExactlyAsync<RefusalException>(() => connection.Ledger.GetEntryAsync(0));
    }

    [TestMethod]
    public void Trail_WithAnEntryLeftOutOrChanged_IsRefused()
    {
        var checkpoint = _ledger.Checkpoint.Signed.Note.Bytes.ToArray();
        for (var at = 0; at < _ledger.Entries.Count; at++)
        {
            List<byte[]> omitted = [.. _ledger.Entries.Select(entry => entry.ToArray())];
            omitted.RemoveAt(at);
            Assert.IsFalse(Verify(omitted, checkpoint).Valid, $"without entry {at}");

            // The operator signs what is left: no witness ever saw that.
            var alone = Verify(omitted, SignAt(TreeOf(omitted), (ulong)omitted.Count));
            Assert.AreEqual(RefusalReason.NotWitnessed, alone.Refusal?.Reason, $"without entry {at}: {alone.Refusal}");

            List<byte[]> changed = [.. _ledger.Entries.Select(entry => entry.ToArray())];
            changed[at][^70] ^= 1;
            Assert.IsFalse(Verify(changed, checkpoint).Valid, $"entry {at} changed");

            // Even with a witness in the plot: a changed entry is nobody's.
            Assert.IsFalse(Verify(changed, Cosigned(TreeOf(changed), (ulong)changed.Count)).Valid, $"entry {at} changed, cosigned");
        }
    }

    private static TrailReport Verify(List<byte[]> entries, byte[] checkpoint)
    {
        var trail = new MemoryTrail();
        foreach (var (path, content) in TileTree.Export(TreeOf(entries), (ulong)entries.Count, index => entries[(int)index]))
        {
            trail.Write(path, content);
        }

        foreach (var (path, content) in _ledger.Documents)
        {
            trail.Write(path, content);
        }

        trail.Write(TrailLayout.Checkpoint, checkpoint);
        return TrailVerifier.Verify(trail, _world.Connection.LedgerId);
    }

    private static async Task<string> WitnessedRootAsync(HttpClient http)
    {
        var log = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(Origin)));
        return string.Join('\n', (await http.GetStringAsync(new Uri(_world.Deployment.Address.Witness, log + "/checkpoint"))).Split('\n')[..3]);
    }

    private static async Task RefusesAsync(HttpClient http, HttpStatusCode wanted, byte[] body)
    {
        using var content = new ByteArrayContent(body);
        using var response = await http.PostAsync(new Uri(_world.Deployment.Address.Witness, "add-checkpoint"), content);
        var text = await response.Content.ReadAsStringAsync();
        Assert.AreEqual(wanted, response.StatusCode, text);
        Assert.DoesNotContain("— ", text, "a refusal with a signature");
    }

    private static MerkleTree Real() => TreeOf(_ledger.Entries.Select(entry => entry.ToArray()));

    // The real history but for one entry.
    private static MerkleTree Fork(ulong changed) => TreeOf(_ledger.Entries.Select((entry, index) => (ulong)index == changed ? [.. "another entry"u8] : entry.ToArray()));

    private static MerkleTree TreeOf(IEnumerable<byte[]> entries)
    {
        var tree = new MerkleTree(MerkleHash.Sha256);
        foreach (var entry in entries)
        {
            tree.Append(MerkleHash.Sha256.Leaf(entry));
        }

        return tree;
    }

    private static byte[] SignAt(MerkleTree tree, ulong size) => _log.Sign(new Checkpoint(Origin, size, tree.Root(size)).Text.Span);

    private static byte[] Cosigned(MerkleTree tree, ulong size)
    {
        using var key = new Ed25519Key(Secret(_world.Deployment.Folder.WitnessKey));
        var witness = new NoteSigner(DeploymentFolder.WitnessName, NoteKeyType.Cosignature, key);
        var checkpoint = new Checkpoint(Origin, size, tree.Root(size));
        return [.. SignAt(tree, size), .. Encoding.UTF8.GetBytes(witness.CosignatureLine(checkpoint.Text.Span, (ulong)DateTimeOffset.UtcNow.ToUnixTimeSeconds()))];
    }

    private static bool Proves(SplitViewProof proof) => proof.ProvesGuilt(_world.Deployment.Genesis.Log);

    // A change that leaves both signed texts and their signatures as they are changes nothing.
    private static bool SameClaim(SplitViewProof proof, byte[] first, byte[] second) => proof.Smaller.Span.SequenceEqual(first) && proof.Larger.Span.SequenceEqual(second);

    private static byte[] Secret(string path)
    {
        var secret = new byte[32];
        Assert.IsTrue(Hex.TryDecode(File.ReadAllText(path).TrimEnd(), secret));
        return secret;
    }
}
