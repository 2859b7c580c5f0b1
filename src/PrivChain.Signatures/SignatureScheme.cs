namespace PrivChain.Signatures;

/// <summary>Signature algorithms over curves of 256 bits. A scheme is chosen by the record, never by the message.</summary>
public enum SignatureScheme
{
    /// <summary>ECDSA on P-256 (FIPS 186-5).</summary>
    EcdsaP256 = 1,

    /// <summary>ECDSA on secp256k1 (SEC 2).</summary>
    EcdsaSecp256k1 = 2,

    /// <summary>SM2 (GB/T 32918.2). The digest is SM3 over ZA and the message, so that the identity is part of it.</summary>
    Sm2 = 3,
}
