using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;

namespace PrivChain.Attestation.Signatures;

/// <summary>Ed25519 (RFC 8032).</summary>
internal sealed class Ed25519Key : PublicKey
{
    private readonly Ed25519PublicKeyParameters _key;

    private Ed25519Key(ReadOnlyMemory<byte> subjectPublicKeyInfo, Ed25519PublicKeyParameters key)
        : base(subjectPublicKeyInfo) => _key = key;

    public override string Name => "Ed25519";

    /// <summary>A key from its 32 bytes.</summary>
    public static Ed25519Key? FromBytes(ReadOnlyMemory<byte> subjectPublicKeyInfo, ReadOnlySpan<byte> key) =>
        key.Length == Ed25519PublicKeyParameters.KeySize ? new Ed25519Key(subjectPublicKeyInfo, new Ed25519PublicKeyParameters(key)) : null;

    /// <summary>A key from the 32 bytes alone, as JOSE and COSE carry it.</summary>
    public static Ed25519Key? FromRaw(ReadOnlySpan<byte> key) => FromBytes((byte[])[.. SubjectPublicKeyInfoHead, .. key], key);

    // RFC 8410 section 4: everything of a SubjectPublicKeyInfo before the key.
    private static ReadOnlySpan<byte> SubjectPublicKeyInfoHead => [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

    protected override bool IsSignature(SignatureAlgorithm algorithm, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        if (algorithm != SignatureAlgorithm.Ed25519 || signature.Length != Ed25519PrivateKeyParameters.SignatureSize)
        {
            return false;
        }

        var verifier = new Ed25519Signer();
        verifier.Init(forSigning: false, _key);
        verifier.BlockUpdate(data);
        return verifier.VerifySignature(signature.ToArray());
    }
}
