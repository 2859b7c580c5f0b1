using System.Security.Cryptography;
using PrivChain.Core.Bytes;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Enclave.State;
using PrivChain.Enclave.Tests.World;

namespace PrivChain.Enclave.Tests.State;

[TestClass]
public sealed class SealedStateTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sealed").FullName;
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private readonly Digest _ledger = EnclaveWorld.RandomDigest();

    private string FilePath => Path.Combine(_folder, "broker.sealed");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public void Open_WrittenBefore_GivesTheSameKeysAndMinimum()
    {
        var root = EnclaveWorld.RandomDigest();
        using var first = Open().OrThrow();
        first.Raise(new LedgerMinimum(7, root));
        using var second = Open().OrThrow();
        Assert.AreEqual(first.Secrets.Account.Address, second.Secrets.Account.Address);
        Assert.AreEqual(first.Secrets.DecryptionKey.PublicKey, second.Secrets.DecryptionKey.PublicKey);
        Assert.AreEqual(new LedgerMinimum(7, root), second.Ledger);
    }

    [TestMethod]
    public void Raise_SmallerOrEqual_ChangesNothing()
    {
        using var state = Open().OrThrow();
        state.Raise(new LedgerMinimum(7, EnclaveWorld.RandomDigest()));
        var before = File.ReadAllBytes(FilePath);
        state.Raise(new LedgerMinimum(7, EnclaveWorld.RandomDigest()));
        state.Raise(new LedgerMinimum(6, EnclaveWorld.RandomDigest()));
        CollectionAssert.AreEqual(before, File.ReadAllBytes(FilePath));
    }

    [TestMethod]
    public void Open_OtherProgramLedgerOrChangedFile_IsRefusedAndLeftAlone()
    {
        Open().OrThrow().Dispose();
        var written = File.ReadAllBytes(FilePath);
        Assert.AreEqual(RefusalReason.CannotOpen, SealedState.OpenOrCreate(_folder, RandomNumberGenerator.GetBytes(32), Domain(_ledger), 1).Reason);
        Assert.AreEqual(RefusalReason.CannotOpen, SealedState.OpenOrCreate(_folder, _key, Domain(EnclaveWorld.RandomDigest()), 1).Reason);
        CollectionAssert.AreEqual(written, File.ReadAllBytes(FilePath));
        for (var i = 0; i < written.Length; i++)
        {
            var changed = written.ToArray();
            changed[i] ^= 1;
            File.WriteAllBytes(FilePath, changed);
            Assert.AreEqual(RefusalReason.CannotOpen, Open().Reason, $"byte {i}");
            File.WriteAllBytes(FilePath, written[..i]);
            Assert.AreEqual(RefusalReason.CannotOpen, Open().Reason, $"length {i}");
            Assert.HasCount(i, File.ReadAllBytes(FilePath));
        }
    }

    [TestMethod]
    public void Open_LowerSecurityVersionThanBefore_IsRefused()
    {
        Open(2).OrThrow().Dispose();
        Assert.AreEqual(RefusalReason.TcbTooOld, Open(1).Reason);
        Assert.IsTrue(Open(3).Accepted);
        Assert.AreEqual(RefusalReason.TcbTooOld, Open(2).Reason);
    }

    [TestMethod]
    public void Open_LeftoverOfAnInterruptedWrite_GivesTheOldState()
    {
        using var first = Open().OrThrow();
        File.WriteAllBytes(FilePath + ".new", [1, 2, 3]);
        using var second = Open().OrThrow();
        Assert.AreEqual(first.Secrets.Account.Address, second.Secrets.Account.Address);
        second.Raise(new LedgerMinimum(1, Digest.Zero));
        Assert.IsFalse(File.Exists(FilePath + ".new"));
    }

    [TestMethod]
    public void Create_FileAndFolder_AreForThisUserAlone()
    {
        var inner = Path.Combine(_folder, "inner");
        SealedState.OpenOrCreate(inner, _key, Domain(_ledger), 1).OrThrow().Dispose();
        Assert.AreEqual(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(inner, "broker.sealed")));
        Assert.AreEqual(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(inner));
    }

    // The .NET flush would return normally here; ours must not.
    [TestMethod]
    public void Replace_FolderMissing_Throws() =>
        Assert.ThrowsExactly<DirectoryNotFoundException>(() => DurableFile.Replace(Path.Combine(_folder, "missing", "file"), [1]));

    private static LedgerDomain Domain(Digest ledgerId) => new(ledgerId, 1);

    private Verdict<SealedState> Open(ushort svn = 1) => SealedState.OpenOrCreate(_folder, _key, Domain(_ledger), svn);
}
