using System.Diagnostics.CodeAnalysis;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;

namespace PrivChain.Core.Tree;

/// <summary>An ML-DSA-44 public key (FIPS 204), pure mode with an empty context, compared by content. Every string of this length is a key.</summary>
public sealed class MlDsa44PublicKey : INotePublicKey, IEquatable<MlDsa44PublicKey>
{
    /// <summary>Length in bytes.</summary>
    public const int Size = 1312;

    /// <summary>Length of a signature in bytes.</summary>
    public const int SignatureSize = 2420;

    private readonly byte[] _bytes;
    private readonly MLDsaPublicKeyParameters _key;

    private MlDsa44PublicKey(byte[] bytes)
    {
        _bytes = bytes;
        _key = MLDsaPublicKeyParameters.FromEncoding(MLDsaParameters.ml_dsa_44, bytes);
    }

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <inheritdoc/>
    public int SignatureLength => SignatureSize;

    /// <summary>Reads 1312 bytes.</summary>
    public static bool TryCreate(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out MlDsa44PublicKey? key)
    {
        key = bytes.Length == Size ? new MlDsa44PublicKey(bytes.ToArray()) : null;
        return key is not null;
    }

    /// <inheritdoc/>
    public bool Verify(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (signature.Length != SignatureSize)
        {
            return false;
        }

        var verifier = new MLDsaSigner(MLDsaParameters.ml_dsa_44, deterministic: true);
        verifier.Init(forSigning: false, _key);
        verifier.BlockUpdate(message);
        return verifier.VerifySignature(signature.ToArray());
    }

    /// <inheritdoc/>
    public bool Equals(MlDsa44PublicKey? other) => other is not null && other.Bytes.SequenceEqual(_bytes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as MlDsa44PublicKey);

    /// <inheritdoc/>
    public override int GetHashCode() => BitConverter.ToInt32(_bytes);
}
