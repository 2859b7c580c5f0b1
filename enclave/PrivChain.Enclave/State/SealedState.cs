using System.Security.Cryptography;
using PrivChain.Core.Aead;
using PrivChain.Core.Bytes;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;

namespace PrivChain.Enclave.State;

/// <summary>
/// The broker's secrets and minimums on disk, encrypted under a key that only this measurement of this program can derive. A file that does not open is
/// refused and left alone: losing a broker loses no data, a citizen can always grant anew. Minimums only go up.
/// </summary>
internal sealed class SealedState : IDisposable
{
    private const string FileName = "broker.sealed";
    private const byte LayoutVersion = 1;
    private const int MaxFile = 4096;

    private readonly string _path;
    private readonly byte[] _sealingKey;
    private readonly Digest _ledgerId;
    private readonly Lock _lock = new();
    private LedgerMinimum _ledger;

    private SealedState(string path, byte[] sealingKey, Digest ledgerId, BrokerSecrets secrets, ushort minimumSvn, LedgerMinimum ledger)
    {
        _path = path;
        _sealingKey = sealingKey;
        _ledgerId = ledgerId;
        Secrets = secrets;
        MinimumSvn = minimumSvn;
        _ledger = ledger;
    }

    /// <summary>Account and key.</summary>
    public BrokerSecrets Secrets { get; }

    /// <summary>Lowest security version this state was ever used under.</summary>
    public ushort MinimumSvn { get; private set; }

    /// <summary>The ledger's minimum.</summary>
    public LedgerMinimum Ledger
    {
        get
        {
            lock (_lock)
            {
                return _ledger;
            }
        }
    }

    /// <summary>Opens the state of this folder, or makes one where there is none.</summary>
    /// <param name="folder">Made when missing, for this user alone.</param>
    /// <param name="sealingKey">32 bytes, copied.</param>
    /// <param name="domain">State of another ledger does not open; the keys are of its suite.</param>
    /// <param name="svn">Security version of this program: state used under a higher one is refused.</param>
    public static Verdict<SealedState> OpenOrCreate(string folder, ReadOnlySpan<byte> sealingKey, LedgerDomain domain, ushort svn)
    {
        var ledgerId = domain.LedgerId;
        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var path = Path.Combine(folder, FileName);
        if (ReadStored(path) is not { } file)
        {
            var created = new SealedState(path, sealingKey.ToArray(), ledgerId, BrokerSecrets.Generate(domain.Suite), svn, default);
            created.Write();
            return created;
        }

        if (file.Length > MaxFile)
        {
            return Verdict<SealedState>.Refuse(RefusalReason.TooLarge, $"sealed state of more than {MaxFile} bytes");
        }

        if (file.Length < 1 + Aes256Gcm.NonceSize || file[0] != LayoutVersion
            || !Aes256Gcm.TryOpen(sealingKey, file.AsSpan(1, Aes256Gcm.NonceSize), Context(ledgerId), file.AsSpan(1 + Aes256Gcm.NonceSize), out var plaintext))
        {
            return Verdict<SealedState>.Refuse(
                RefusalReason.CannotOpen, "the sealed state is of another program, ledger or root, or was changed; it is left as it is");
        }

        try
        {
            var reader = new RecordReader(plaintext);
            if (reader.Remaining != BrokerSecrets.Size + sizeof(ushort) + sizeof(ulong) + Digest.Size)
            {
                return Verdict<SealedState>.Refuse(RefusalReason.Malformed, "sealed state");
            }

            var secrets = BrokerSecrets.Read(domain.Suite, ref reader);
            var minimumSvn = reader.UInt16();
            var state = new SealedState(
                path, sealingKey.ToArray(), ledgerId, secrets, minimumSvn, new LedgerMinimum(reader.UInt64(), reader.Digest()));
            if (svn < minimumSvn)
            {
                state.Dispose();
                return Verdict<SealedState>.Refuse(RefusalReason.TcbTooOld, $"security version {svn}, this state was used under {minimumSvn}");
            }

            if (svn > minimumSvn)
            {
                state.MinimumSvn = svn;
                state.Write();
            }

            return state;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plaintext);
        }
    }

    /// <summary>Raises the ledger's minimum and makes it durable. A smaller size changes nothing.</summary>
    /// <exception cref="IOException">It could not be made durable.</exception>
    public void Raise(LedgerMinimum seen)
    {
        lock (_lock)
        {
            if (seen.Size <= _ledger.Size)
            {
                return;
            }

            _ledger = seen;
            Write();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Secrets.Dispose();
        CryptographicOperations.ZeroMemory(_sealingKey);
    }

    // Null only when the folder says that there is no such file. File.Exists would say the same of a disk that does not answer, and a new state would then replace the old one with its minimums.
    private static byte[]? ReadStored(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            var bytes = new byte[MaxFile + 1];
            return bytes[..file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)];
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    private void Write()
    {
        var writer = new RecordWriter();
        Secrets.WriteTo(writer);
        var plaintext = writer.UInt16(MinimumSvn).UInt64(_ledger.Size).Digest(_ledger.Root).ToArrayAndWipe();
        try
        {
            // 96 random bits for each write: at one write a second it takes centuries until a repetition is likely.
            var nonce = RandomNumberGenerator.GetBytes(Aes256Gcm.NonceSize);
            DurableFile.Replace(_path, [LayoutVersion, .. nonce, .. Aes256Gcm.Seal(_sealingKey, nonce, Context(_ledgerId), plaintext)]);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plaintext);
        }
    }

    private static byte[] Context(Digest ledgerId) => [LayoutVersion, .. ledgerId.ToArray()];
}
