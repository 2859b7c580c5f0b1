using System.Security.Cryptography;
using PrivChain.Core.Bytes;
using PrivChain.Core.Documents;
using PrivChain.Core.Hpke;
using PrivChain.Core.Keys;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Core.Tree;
using PrivChain.Sdk.Trail;

namespace PrivChain.Benchmarks;

/// <summary>A lawful ledger of many anchors, signed by one issuer, with the keys to sign its checkpoints.</summary>
internal sealed class SampleLedger
{
    private const ulong Start = 1_790_000_000_000;

    private readonly Account _governor = Account.Generate();
    private readonly List<byte[]> _documents = [];

    public SampleLedger()
    {
        Log = new NoteSigner("bench.example/log", NoteKeyType.Ed25519, new Ed25519Key(LogSeed));
        Witness = new NoteSigner("bench.example/witness", NoteKeyType.Cosignature, Ed25519Key.Generate());
        Genesis = new Genesis
        {
            CertificateAuthorities = [], ChainId = 31337, CreatedAt = Start, EvidenceRoots = [], GovernorThreshold = 1, Governors = [_governor.Address],
            LogKey = Log.VerifierKey.ToString(), MaxSessionSeconds = 3600, MinimumSvn = 1, Name = "bench", Nonce = new Digest(RandomNumberGenerator.GetBytes(32)),
            Origin = "bench.example/log", RegulatorApprovals = 1, Suite = "international", WitnessQuorum = 1, Witnesses = [Witness.VerifierKey.ToString()],
        };
        Domain = Genesis.Domain;
        using var key = HpkePrivateKey.Generate(HpkeKem.X25519);
        var profile = new OrganisationProfile
        {
            Account = Issuer.Address, NameEn = "Issuer", NameZh = "签发机构", Contact = "-", PostalAddress = "-", Jurisdiction = "CN", EncryptionKey = key.PublicKey,
        }.ToArray();
        _documents.Add(profile);
        Enrolment = new EntrySigner(Domain, _governor).Enrol(LedgerRole.Issuer, Issuer.Address, key.PublicKey.Fingerprint, Digest.OfSha256(profile), 0, ulong.MaxValue) with { Time = Start };
    }

    /// <summary>The log's keys; who opened them disposes them.</summary>
    public LogSigner OpenLog() => new(Genesis.Algorithms, Log.VerifierKey.Name, LogSeed);

    public byte[] LogSeed { get; } = RandomNumberGenerator.GetBytes(Ed25519Key.SeedSize);

    public Account Issuer { get; } = Account.Generate();

    public Genesis Genesis { get; }

    public LedgerDomain Domain { get; }

    public NoteSigner Log { get; }

    public NoteSigner Witness { get; }

    public Entry Enrolment { get; }

    /// <summary>The enrolment and <paramref name="anchors"/> anchors, signed on all cores.</summary>
    public Entry[] Entries(int anchors)
    {
        var signer = new EntrySigner(Domain, Issuer);
        var entries = new Entry[anchors + 1];
        entries[0] = Enrolment;
        Parallel.For(1, entries.Length, i =>
            entries[i] = signer.Anchor(new Digest(RandomNumberGenerator.GetBytes(32)), _governor.Address, new AnchorDetails("identity-card/1", Digest.Zero)) with { Time = Start });
        return entries;
    }

    /// <summary>The same ledger as an exported trail.</summary>
    public MemoryTrail Trail(Entry[] entries)
    {
        var bytes = entries.Select(entry => entry.ToArray()).ToArray();
        var tree = new MerkleTree(MerkleHash.Sha256);
        foreach (var leaf in bytes)
        {
            tree.Append(MerkleHash.Sha256.Leaf(leaf));
        }

        var trail = new MemoryTrail();
        trail.Write(TrailLayout.Genesis, Genesis.ToArray());
        var checkpoint = new Checkpoint(Genesis.Origin, (ulong)bytes.Length, tree.Root());
        trail.Write(TrailLayout.Checkpoint, SignedCheckpoint.Sign(checkpoint, Log).Note.WithSignatures(Cosignature.Create(checkpoint, Witness, Start / 1000)).Bytes.Span);
        foreach (var (path, content) in TileTree.Export(tree, (ulong)bytes.Length, index => bytes[index]))
        {
            trail.Write(path, content);
        }

        _documents.ForEach(document => trail.Write(TrailLayout.Document(Digest.OfSha256(document)), document));
        return trail;
    }

    public void Authenticate(Entry[] entries) => Parallel.ForEach(entries, entry =>
    {
        if (!AuthenticEntry.Authenticate(entry, Domain).Accepted)
        {
            throw new RefusalException(new Refusal(RefusalReason.BadSignature, "the benchmark's own entry"));
        }
    });
}
