using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using PrivChain.Core.Aead;
using PrivChain.Core.Bytes;
using PrivChain.Core.Documents;
using PrivChain.Core.Hpke;
using PrivChain.Core.Keys;
using PrivChain.Core.Ledger;
using PrivChain.Core.Tree;

namespace PrivChain.Benchmarks;

/// <summary>The primitives that everything else is made of.</summary>
[MemoryDiagnoser]
public class Primitives
{
    private readonly Account _account = Account.Generate();
    private readonly HpkePrivateKey _x25519 = HpkePrivateKey.Generate(HpkeKem.X25519);
    private readonly HpkePrivateKey _xwing = HpkePrivateKey.Generate(HpkeKem.XWing);
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private readonly byte[] _content = RandomNumberGenerator.GetBytes(256);
    private readonly Digest _digest = new(RandomNumberGenerator.GetBytes(32));
    private Entry _entry = null!;
    private LedgerDomain _domain = null!;
    private byte[] _box = null!;

    /// <summary>Makes what the benchmarks open and check.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _domain = new LedgerDomain(_digest, 1);
        _entry = new EntrySigner(_domain, _account).Anchor(_digest, _account.Address, new AnchorDetails("identity-card/1", _digest));
        _box = SealedBox.Seal(_xwing.PublicKey, Labels.InboxMessage, [], _content);
    }

    /// <summary>secp256k1 signature.</summary>
    [Benchmark]
    public AccountSignature Sign() => _account.Sign(_digest);

    /// <summary>Struct hash and recovery of an entry's signer.</summary>
    [Benchmark]
    public bool AuthenticateEntry() => AuthenticEntry.Authenticate(_entry, _domain).Accepted;

    /// <summary>HPKE to X25519, 256 bytes.</summary>
    [Benchmark]
    public byte[] SealX25519() => SealedBox.Seal(_x25519.PublicKey, Labels.InboxMessage, [], _content);

    /// <summary>HPKE to X-Wing, 256 bytes.</summary>
    [Benchmark]
    public byte[] SealXWing() => SealedBox.Seal(_xwing.PublicKey, Labels.InboxMessage, [], _content);

    /// <summary>HPKE from X-Wing, 256 bytes.</summary>
    [Benchmark]
    public bool OpenXWing() => SealedBox.TryOpen(_xwing, Labels.InboxMessage, [], _box, out _);

    /// <summary>AES-256-GCM under a fresh key, 256 bytes.</summary>
    [Benchmark]
    public byte[] SealPart() => Aes256Gcm.Seal(_key, _key.AsSpan(0, 12), [], _content);

    /// <summary>A Merkle leaf of an entry's size.</summary>
    [Benchmark]
    public Digest Leaf() => MerkleHash.Sha256.Leaf(_content.AsSpan(0, Entry.Size));
}
