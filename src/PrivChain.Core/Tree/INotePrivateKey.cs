namespace PrivChain.Core.Tree;

/// <summary>A private key that signs notes: <see cref="Ed25519Key"/>, <see cref="MlDsa44Key"/> or <see cref="Sm2Key"/>.</summary>
public interface INotePrivateKey : IDisposable
{
    /// <summary>The public half.</summary>
    INotePublicKey PublicKey { get; }

    /// <summary>The signature over the message; deterministic.</summary>
    byte[] Sign(ReadOnlySpan<byte> message);
}
