using PrivChain.Attestation.Simulated;
using PrivChain.Core.Aead;
using PrivChain.Core.Bytes;
using PrivChain.Core.Documents;
using PrivChain.Core.Hpke;
using PrivChain.Core.Keys;

namespace PrivChain.EndToEnd.Tests;

/// <summary>
/// What somebody holds who broke the enclave's hardware: here its simulated root, which derives the sealing key. It shows what citizens really hand to an enclave, and which secrets the operator
/// must not have.
/// </summary>
internal sealed class BrokenEnclave : IDisposable
{
    private BrokenEnclave(byte[] accountKey, byte[] seed)
    {
        AccountKey = accountKey;
        Seed = seed;
        Key = HpkePrivateKey.FromSeed(HpkeKem.XWing, seed);
    }

    public byte[] AccountKey { get; }

    public byte[] Seed { get; }

    public HpkePrivateKey Key { get; }

    public static async Task<BrokenEnclave> OpenAsync(World world)
    {
        var broker = (await world.Connection.Organisations.BrokersAsync()).Single();
        using var root = SimulatedRoot.Import(File.ReadAllBytes(world.Deployment.Folder.SimulatedRoot));
        var file = File.ReadAllBytes(Path.Combine(world.Deployment.Folder.EnclaveState, "broker.sealed"));
        byte[] context = [file[0], .. world.Connection.LedgerId.ToArray()];
        Assert.IsTrue(Aes256Gcm.TryOpen(
            root.DeriveSealingKey(broker.Enclave.Claims.Measurement.Span), file.AsSpan(1, Aes256Gcm.NonceSize), context, file.AsSpan(1 + Aes256Gcm.NonceSize), out var state));
        var accountKey = state.AsSpan(0, Account.PrivateKeySize).ToArray();
        using var account = Account.FromPrivateKey(accountKey);
        Assert.AreEqual(broker.Profile.Account, account.Address);
        return new BrokenEnclave(accountKey, state.AsSpan(Account.PrivateKeySize, HpkePrivateKey.SeedSize).ToArray());
    }

    /// <summary>The keys that a consent hands over, from the package that lies in the vault.</summary>
    public KeyShare OpenShare(World world, Digest contract, AccountAddress granter, byte[] package)
    {
        Assert.IsTrue(ConsentPackage.TryParse(package, out var parsed));
        var context = ConsentPackage.KeyContext(world.Connection.LedgerId, contract, granter);
        Assert.IsTrue(SealedBox.TryOpen(Key, Labels.KeyPackage, context, parsed.Boxes.Single().KeyBox, out var plaintext));
        Assert.IsTrue(KeyShare.TryParse(plaintext, out var share));
        return share;
    }

    public void Dispose() => Key.Dispose();
}
