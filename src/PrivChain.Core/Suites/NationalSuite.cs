using PrivChain.Core.Bytes;
using PrivChain.Core.Hpke;
using PrivChain.Core.Keys;
using PrivChain.Core.Tree;
using PrivChain.Signatures;

namespace PrivChain.Core.Suites;

/// <summary>
/// Accounts on SM2. What is signed hashes the key, so the key cannot be recovered from a signature and travels with it, compressed: 33 bytes, then r and s. The message that SM2 signs is the
/// 32 bytes of the document's digest, under the identity <see cref="Sm2.Identity"/>.
/// </summary>
internal sealed class NationalSuite : Suite
{
    private const int KeySize = Sm2PublicKey.Size;

    // Its tables are made when the first signatures are checked.
    private static readonly Lazy<BatchVerifier> Verifier = new(() => new BatchVerifier(SignatureScheme.Sm2));

    public override string Name => "national";

    public override int SignatureSize => KeySize + Sm2.SignatureSize;

    public override HpkeKem Kem => HpkeKem.Sm2;

    public override string IssuerAlgorithm => EcdsaJws.Sm2Sm3;

    public override MerkleHash Tree => MerkleHash.Sm3;

    // Ed25519 stays, so that C2SP's tools read at least who signed.
    public override IReadOnlyList<NoteKeyType> LogKeyTypes { get; } = [NoteKeyType.Ed25519, NoteKeyType.Sm2];

    // No registered name: IANA's list of hashes has none for SM3.
    internal override string DisclosureHash => "sm3";

    internal override HpkeAead Aead => HpkeAead.Sm4Gcm;

    internal override byte EntryVersion => 2;

    public override bool Uses(HpkeKem kem) => kem == HpkeKem.Sm2;

    public override bool UsesIssuerAlgorithm(string algorithm) => algorithm == EcdsaJws.Sm2Sm3;

    public override Digest Hash(ReadOnlySpan<byte> content) => Sm3.Hash(content);

    public override Digest DigestOf(ReadOnlySpan<byte> content) => Sm3.Hash(content);

    internal override void Hmac(ReadOnlySpan<byte> key, ReadOnlySpan<byte> content, Span<byte> tag) => Sm3.Hmac(key, content, tag);

    internal override byte[] GenerateKey() => Sm2.GenerateKey();

    internal override bool IsPrivateKey(ReadOnlySpan<byte> privateKey) => Sm2.IsPrivateKey(privateKey);

    internal override SigningKey KeyOf(ReadOnlySpan<byte> privateKey) => new(EcdsaCurve.Sm2P256, privateKey);

    internal override AccountSignature[] SignAll(SigningKey key, ReadOnlySpan<Digest> digests)
    {
        var point = key.PublicKey.Span;
        var messages = new Digest[digests.Length];
        for (var i = 0; i < messages.Length; i++)
        {
            messages[i] = Sm2.MessageDigest(point, digests[i].ToArray());
        }

        var parts = new byte[messages.Length * SigningKey.SignatureSize];
        key.Sign(messages, parts);
        var compressed = Sm2PublicKey.Compress(point);
        var signatures = new AccountSignature[messages.Length];
        for (var i = 0; i < signatures.Length; i++)
        {
            signatures[i] = AccountSignature.OfSm2([.. compressed, .. parts.AsSpan(i * SigningKey.SignatureSize, SigningKey.SignatureSize)], point[^EcdsaCurve.ScalarSize..]);
        }

        return signatures;
    }

    internal override bool TryParse(ReadOnlySpan<byte> bytes, out AccountSignature signature)
    {
        signature = default;
        var curve = EcdsaCurve.Sm2P256;
        if (bytes.Length != SignatureSize || !curve.TryDecodePoint(bytes[..KeySize], out var point)
            || !curve.IsScalar(bytes.Slice(KeySize, EcdsaCurve.ScalarSize)) || !curve.IsScalar(bytes[(KeySize + EcdsaCurve.ScalarSize)..]))
        {
            return false;
        }

        signature = AccountSignature.OfSm2(bytes, point.AffineYCoord.GetEncoded());
        return true;
    }

    internal override void RecoverAll(ReadOnlySpan<Digest> digests, ReadOnlySpan<AccountSignature> signatures, Span<AccountAddress?> signers)
    {
        var count = digests.Length;
        Span<byte> keys = new byte[count * BatchVerifier.KeySize];
        Span<byte> hashes = new byte[count * BatchVerifier.DigestSize];
        Span<byte> parts = new byte[count * BatchVerifier.SignatureSize];
        Span<bool> valid = new bool[count];
        for (var i = 0; i < count; i++)
        {
            var bytes = signatures[i].Sm2;
            if (bytes.IsEmpty)
            {
                // A signature that was never made: its key stays all zeros, which is no point.
                continue;
            }

            var key = keys.Slice(i * BatchVerifier.KeySize, BatchVerifier.KeySize);
            bytes[1..KeySize].CopyTo(key);
            signatures[i].Sm2Y.CopyTo(key[EcdsaCurve.ScalarSize..]);
            Sm2.MessageDigest([4, .. key], digests[i].ToArray()).CopyTo(hashes[(i * BatchVerifier.DigestSize)..]);
            bytes[KeySize..].CopyTo(parts[(i * BatchVerifier.SignatureSize)..]);
        }

        if (SignatureEngine.Detected == InstructionSet.Scalar)
        {
            for (var i = 0; i < count; i++)
            {
                var hash = new Digest(hashes.Slice(i * BatchVerifier.DigestSize, BatchVerifier.DigestSize));
                valid[i] = EcdsaCurve.Sm2P256.TryDecodePoint([4, .. keys.Slice(i * BatchVerifier.KeySize, BatchVerifier.KeySize)], out var point)
                    && Sm2.VerifyDigest(point, hash, parts.Slice(i * BatchVerifier.SignatureSize, BatchVerifier.SignatureSize));
            }
        }
        else
        {
            Verifier.Value.Verify(keys, hashes, parts, valid);
        }

        for (var i = 0; i < count; i++)
        {
            signers[i] = valid[i] ? Address(keys.Slice(i * BatchVerifier.KeySize, BatchVerifier.KeySize)) : null;
        }
    }
}
