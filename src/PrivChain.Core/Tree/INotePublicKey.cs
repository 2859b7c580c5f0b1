namespace PrivChain.Core.Tree;

/// <summary>A public key behind a note's signatures: <see cref="Ed25519PublicKey"/>, <see cref="MlDsa44PublicKey"/> or <see cref="Sm2PublicKey"/>.</summary>
public interface INotePublicKey
{
    /// <summary>The encoded key, as key ids and vkeys have it.</summary>
    ReadOnlySpan<byte> Bytes { get; }

    /// <summary>Length of its signatures in bytes.</summary>
    int SignatureLength { get; }

    /// <summary>True when this key made the signature over the message; false for another length too.</summary>
    bool Verify(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature);
}
