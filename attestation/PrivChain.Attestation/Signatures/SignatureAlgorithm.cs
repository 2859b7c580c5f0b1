namespace PrivChain.Attestation.Signatures;

/// <summary>Signature algorithms that evidence, certificates and collateral use. ECDSA signatures are r and s of the field's length (<c>Raw</c> in a caller's name), or DER inside certificates.</summary>
internal enum SignatureAlgorithm
{
    /// <summary>One that this library does not verify.</summary>
    Unknown = 0,
    EcdsaSha256,
    EcdsaSha384,
    EcdsaSha512,
    RsaPkcs1Sha1,
    RsaPkcs1Sha256,
    RsaPkcs1Sha384,
    RsaPkcs1Sha512,
    RsaPssSha256,
    RsaPssSha384,
    RsaPssSha512,
    Ed25519,
    MlDsa44,
    MlDsa65,
    MlDsa87,
}
