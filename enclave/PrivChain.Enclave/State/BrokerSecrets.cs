using System.Security.Cryptography;
using PrivChain.Core.Bytes;
using PrivChain.Core.Hpke;
using PrivChain.Core.Keys;
using PrivChain.Core.Suites;

namespace PrivChain.Enclave.State;

/// <summary>The broker's account and decryption key, made inside and never outside. Wiped on dispose.</summary>
internal sealed class BrokerSecrets : IDisposable
{
    /// <summary>Bytes of the stored form: account key, HPKE seed.</summary>
    public const int Size = Core.Keys.Account.PrivateKeySize + HpkePrivateKey.SeedSize;

    private readonly byte[] _seed;

    private BrokerSecrets(Account account, byte[] seed)
    {
        Account = account;
        _seed = seed;
        DecryptionKey = HpkePrivateKey.FromSeed(account.Suite.Kem, seed);
    }

    /// <summary>Signs uses and sessions.</summary>
    public Account Account { get; }

    /// <summary>Opens key boxes and details boxes.</summary>
    public HpkePrivateKey DecryptionKey { get; }

    /// <summary>Fresh secrets.</summary>
    public static BrokerSecrets Generate(Suite suite) => new(Account.Generate(suite), RandomNumberGenerator.GetBytes(HpkePrivateKey.SeedSize));

    /// <summary>Reads the stored form.</summary>
    public static BrokerSecrets Read(Suite suite, ref RecordReader reader)
    {
        var account = Account.FromPrivateKey(suite, reader.Take(Account.PrivateKeySize));
        return new BrokerSecrets(account, reader.Take(HpkePrivateKey.SeedSize).ToArray());
    }

    /// <summary>Writes the stored form; the caller wipes what it is written to.</summary>
    public void WriteTo(RecordWriter writer)
    {
        Span<byte> key = stackalloc byte[Account.PrivateKeySize];
        Account.ExportPrivateKey(key);
        writer.Raw(key).Raw(_seed);
        CryptographicOperations.ZeroMemory(key);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Account.Dispose();
        DecryptionKey.Dispose();
        CryptographicOperations.ZeroMemory(_seed);
    }
}
