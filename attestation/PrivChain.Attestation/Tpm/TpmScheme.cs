using PrivChain.Attestation.EventLogs;
using PrivChain.Attestation.Signatures;

namespace PrivChain.Attestation.Tpm;

/// <summary>A signing scheme with its hash (TPMT_SIG_SCHEME).</summary>
/// <param name="Algorithm">TPM_ALG_ID of the scheme.</param>
/// <param name="Hash">TPM_ALG_ID of its hash.</param>
internal readonly record struct TpmScheme(ushort Algorithm, ushort Hash)
{
    /// <summary>What RSA signatures without a header are, when the key does not say: the scheme of Azure's and Google's attestation keys.</summary>
    public static TpmScheme RsaDefault { get; } = new(TpmAlgorithm.RsaSsa, EventLogHash.Sha256);

    public bool IsWeak => Hash == EventLogHash.Sha1;

    /// <summary>The algorithm, or <see cref="SignatureAlgorithm.Unknown"/> for one that is not verified here (ECDSA over SHA-1, SM2, ECDAA).</summary>
    public SignatureAlgorithm ToSignatureAlgorithm() => (Algorithm, Hash) switch
    {
        (TpmAlgorithm.RsaSsa, EventLogHash.Sha1) => SignatureAlgorithm.RsaPkcs1Sha1,
        (TpmAlgorithm.RsaSsa, EventLogHash.Sha256) => SignatureAlgorithm.RsaPkcs1Sha256,
        (TpmAlgorithm.RsaSsa, EventLogHash.Sha384) => SignatureAlgorithm.RsaPkcs1Sha384,
        (TpmAlgorithm.RsaSsa, EventLogHash.Sha512) => SignatureAlgorithm.RsaPkcs1Sha512,
        (TpmAlgorithm.RsaPss, EventLogHash.Sha256) => SignatureAlgorithm.RsaPssSha256,
        (TpmAlgorithm.RsaPss, EventLogHash.Sha384) => SignatureAlgorithm.RsaPssSha384,
        (TpmAlgorithm.RsaPss, EventLogHash.Sha512) => SignatureAlgorithm.RsaPssSha512,
        (TpmAlgorithm.EcDsa, EventLogHash.Sha256) => SignatureAlgorithm.EcdsaSha256,
        (TpmAlgorithm.EcDsa, EventLogHash.Sha384) => SignatureAlgorithm.EcdsaSha384,
        (TpmAlgorithm.EcDsa, EventLogHash.Sha512) => SignatureAlgorithm.EcdsaSha512,
        _ => SignatureAlgorithm.Unknown,
    };

    public override string ToString() => $"{TpmAlgorithm.NameOf(Algorithm)}-{TpmAlgorithm.NameOf(Hash)}";
}
