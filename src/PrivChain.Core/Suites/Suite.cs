using PrivChain.Core.Bytes;
using PrivChain.Core.Hpke;
using PrivChain.Core.Keys;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Core.Tree;

namespace PrivChain.Core.Suites;

/// <summary>
/// The algorithms of one ledger, chosen in its genesis for ever: how accounts sign, how documents are hashed, what keys are sealed to. Everything that depends on the choice asks here; nothing
/// else compares names.
/// </summary>
public abstract class Suite
{
    private protected Suite()
    {
    }

    /// <summary>secp256k1, Keccak-256 and SHA-256, X-Wing with AES-256-GCM: documents that any Ethereum wallet signs.</summary>
    public static Suite International { get; } = new InternationalSuite();

    /// <summary>SM2, SM3, SM4-GCM (GB/T 32918, 32905, 32907).</summary>
    public static Suite National { get; } = new NationalSuite();

    /// <summary>Both.</summary>
    public static IReadOnlyList<Suite> All { get; } = [International, National];

    /// <summary>The name in the genesis.</summary>
    public abstract string Name { get; }

    /// <summary>Length of an account's signature.</summary>
    public abstract int SignatureSize { get; }

    /// <summary>Length of a ledger entry.</summary>
    public int EntrySize => Entry.DocumentSize + SignatureSize;

    /// <summary>What new keys are for.</summary>
    public abstract HpkeKem Kem { get; }

    /// <summary>How new issuers sign records.</summary>
    public abstract string IssuerAlgorithm { get; }

    /// <summary>The hash of the ledger's tree, and of every other tree of its documents.</summary>
    public abstract MerkleHash Tree { get; }

    /// <summary>The keys a log signs its checkpoints with: one of each type.</summary>
    public abstract IReadOnlyList<NoteKeyType> LogKeyTypes { get; }

    /// <summary>Name of the hash of disclosures in an SD-JWT, <c>_sd_alg</c>.</summary>
    internal abstract string DisclosureHash { get; }

    /// <summary>What seals under a key that both sides have, in HPKE and in keystores.</summary>
    internal abstract HpkeAead Aead { get; }

    /// <summary>First byte of an entry.</summary>
    internal abstract byte EntryVersion { get; }

    /// <summary>The suite of a name, or null.</summary>
    public static Suite? Find(string name) => All.FirstOrDefault(suite => suite.Name == name);

    /// <summary>The suite of an entry's first byte, or null.</summary>
    public static Suite? OfEntry(byte version) => All.FirstOrDefault(suite => suite.EntryVersion == version);

    /// <summary>The suite whose account signatures have this length, or null.</summary>
    public static Suite? OfSignature(int length) => All.FirstOrDefault(suite => suite.SignatureSize == length);

    /// <summary>The suite of a KEM.</summary>
    public static Suite Of(HpkeKem kem) => All.First(suite => suite.Uses(kem));

    /// <summary>The suite of an issuer's algorithm; the international one for a name of neither.</summary>
    public static Suite OfIssuerAlgorithm(string algorithm) => All.FirstOrDefault(suite => suite.UsesIssuerAlgorithm(algorithm)) ?? International;

    /// <summary>True for a KEM of this suite.</summary>
    public abstract bool Uses(HpkeKem kem);

    /// <summary>True for an issuer's algorithm of this suite.</summary>
    public abstract bool UsesIssuerAlgorithm(string algorithm);

    /// <summary>The hash of documents: Keccak-256, as EIP-712 has it, or SM3 in its place.</summary>
    public abstract Digest Hash(ReadOnlySpan<byte> content);

    /// <summary>The hash of everything else that is named by its content: SHA-256, or SM3.</summary>
    public abstract Digest DigestOf(ReadOnlySpan<byte> content);

    /// <summary>The same over the label, a zero byte, and the content.</summary>
    public Digest DigestOf(string label, ReadOnlySpan<byte> content) => DigestOf([.. System.Text.Encoding.ASCII.GetBytes(label), 0, .. content]);

    /// <summary>HMAC with the suite's hash: 32 bytes.</summary>
    internal abstract void Hmac(ReadOnlySpan<byte> key, ReadOnlySpan<byte> content, Span<byte> tag);

    /// <summary>The refusal of something that belongs to another suite.</summary>
    /// <param name="what">What it is.</param>
    public Refusal Refusal(string what) => new(RefusalReason.WrongSuite, $"{what} is not of the ledger's suite, {Name}");

    /// <summary>The refusal of a signature that has the length of another suite's, or null.</summary>
    /// <param name="length">Its length in bytes.</param>
    /// <param name="what">What it is.</param>
    public Refusal? RefusalOfLength(int length, string what) => OfSignature(length) is { } suite && suite != this ? Refusal(what) : null;

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>A fresh private key of an account.</summary>
    internal abstract byte[] GenerateKey();

    /// <summary>True for a private key of an account.</summary>
    internal abstract bool IsPrivateKey(ReadOnlySpan<byte> privateKey);

    /// <summary>The key of an account, copied.</summary>
    internal abstract SigningKey KeyOf(ReadOnlySpan<byte> privateKey);

    /// <summary>The address of a public key's x and y, 64 bytes.</summary>
    internal AccountAddress Address(ReadOnlySpan<byte> coordinates)
    {
        Span<byte> hash = stackalloc byte[Digest.Size];
        Hash(coordinates).CopyTo(hash);
        return new AccountAddress(hash[12..]);
    }

    /// <summary>Signs each digest with a key of <see cref="KeyOf"/>.</summary>
    internal abstract AccountSignature[] SignAll(SigningKey key, ReadOnlySpan<Digest> digests);

    /// <summary>Reads a signature; anything but its one form is refused.</summary>
    internal abstract bool TryParse(ReadOnlySpan<byte> bytes, out AccountSignature signature);

    /// <summary>The account that made each signature, or null. All signatures are of this suite.</summary>
    internal abstract void RecoverAll(ReadOnlySpan<Digest> digests, ReadOnlySpan<AccountSignature> signatures, Span<AccountAddress?> signers);
}
