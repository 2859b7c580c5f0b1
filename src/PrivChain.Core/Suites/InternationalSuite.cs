using System.Security.Cryptography;
using PrivChain.Core.Bytes;
using PrivChain.Core.Hpke;
using PrivChain.Core.Keys;
using PrivChain.Core.Tree;

namespace PrivChain.Core.Suites;

/// <summary>Accounts of Ethereum: the key is recovered from the signature.</summary>
internal sealed class InternationalSuite : Suite
{
    public override string Name => "international";

    public override int SignatureSize => Secp256k1Signature.Size;

    public override HpkeKem Kem => HpkeKem.XWing;

    public override string IssuerAlgorithm => EcdsaJws.Es256K;

    public override MerkleHash Tree => MerkleHash.Sha256;

    public override IReadOnlyList<NoteKeyType> LogKeyTypes { get; } = [NoteKeyType.Ed25519];

    internal override string DisclosureHash => "sha-256";

    internal override HpkeAead Aead => HpkeAead.Aes256Gcm;

    internal override byte EntryVersion => 1;

    public override bool Uses(HpkeKem kem) => kem is HpkeKem.XWing or HpkeKem.X25519;

    public override bool UsesIssuerAlgorithm(string algorithm) => algorithm is EcdsaJws.Es256 or EcdsaJws.Es256K;

    public override Digest Hash(ReadOnlySpan<byte> content) => new(Keccak256.Hash(content));

    public override Digest DigestOf(ReadOnlySpan<byte> content) => Digest.OfSha256(content);

    internal override void Hmac(ReadOnlySpan<byte> key, ReadOnlySpan<byte> content, Span<byte> tag) => HMACSHA256.HashData(key, content, tag);

    internal override byte[] GenerateKey() => EcdsaCurve.Secp256k1.GenerateKey();

    internal override bool IsPrivateKey(ReadOnlySpan<byte> privateKey) => EcdsaCurve.Secp256k1.IsScalar(privateKey);

    internal override SigningKey KeyOf(ReadOnlySpan<byte> privateKey) => new(EcdsaCurve.Secp256k1, privateKey, lowS: true);

    internal override AccountSignature[] SignAll(SigningKey key, ReadOnlySpan<Digest> digests)
    {
        var parts = new byte[digests.Length * SigningKey.SignatureSize];
        var odd = new bool[digests.Length];
        key.Sign(digests, parts, odd);
        var signatures = new AccountSignature[digests.Length];
        for (var i = 0; i < signatures.Length; i++)
        {
            var part = parts.AsSpan(i * SigningKey.SignatureSize, SigningKey.SignatureSize);
            signatures[i] = Secp256k1Signature.Create(part[..EcdsaCurve.ScalarSize], part[EcdsaCurve.ScalarSize..], odd[i] ? 1 : 0);
        }

        return signatures;
    }

    internal override bool TryParse(ReadOnlySpan<byte> bytes, out AccountSignature signature)
    {
        var parsed = Secp256k1Signature.TryParse(bytes, out var found);
        signature = found;
        return parsed;
    }

    internal override void RecoverAll(ReadOnlySpan<Digest> digests, ReadOnlySpan<AccountSignature> signatures, Span<AccountAddress?> signers)
    {
        if (signatures.Length == 1)
        {
            signers[0] = Secp256k1.TryRecover(digests[0], signatures[0].Secp256k1, out var signer) ? signer : null;
            return;
        }

        var recoverable = new Secp256k1Signature[signatures.Length];
        for (var i = 0; i < recoverable.Length; i++)
        {
            recoverable[i] = signatures[i].Secp256k1;
        }

        Secp256k1.RecoverAll(digests, recoverable, signers);
    }
}
