using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;

namespace PrivChain.Attestation.Signatures;

/// <summary>ML-DSA (FIPS 204), pure, with an empty context, as X.509 uses it (RFC 9881).</summary>
internal sealed class MlDsaKey : PublicKey
{
    private static readonly Dictionary<string, (MLDsaParameters Parameters, SignatureAlgorithm Algorithm)> _known = new(StringComparer.Ordinal)
    {
        ["2.16.840.1.101.3.4.3.17"] = (MLDsaParameters.ml_dsa_44, SignatureAlgorithm.MlDsa44),
        ["2.16.840.1.101.3.4.3.18"] = (MLDsaParameters.ml_dsa_65, SignatureAlgorithm.MlDsa65),
        ["2.16.840.1.101.3.4.3.19"] = (MLDsaParameters.ml_dsa_87, SignatureAlgorithm.MlDsa87),
    };

    private readonly MLDsaPublicKeyParameters _key;
    private readonly SignatureAlgorithm _algorithm;

    private MlDsaKey(ReadOnlyMemory<byte> subjectPublicKeyInfo, MLDsaPublicKeyParameters key, SignatureAlgorithm algorithm)
        : base(subjectPublicKeyInfo)
    {
        _key = key;
        _algorithm = algorithm;
    }

    public override string Name => _key.Parameters.Name;

    /// <summary>The one algorithm that this key has.</summary>
    public SignatureAlgorithm Algorithm => _algorithm;

    public static bool Knows(string oid) => _known.ContainsKey(oid);

    /// <summary>The signature algorithm of the same object identifier.</summary>
    public static SignatureAlgorithm AlgorithmOf(string oid) => _known.TryGetValue(oid, out var known) ? known.Algorithm : SignatureAlgorithm.Unknown;

    /// <summary>A key from its encoding.</summary>
    /// <exception cref="ArgumentException">Wrong length.</exception>
    public static MlDsaKey FromBytes(ReadOnlyMemory<byte> subjectPublicKeyInfo, string oid, byte[] key) =>
        new(subjectPublicKeyInfo, MLDsaPublicKeyParameters.FromEncoding(_known[oid].Parameters, key), _known[oid].Algorithm);

    protected override bool IsSignature(SignatureAlgorithm algorithm, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        if (algorithm != _algorithm)
        {
            return false;
        }

        var verifier = new MLDsaSigner(_key.Parameters, deterministic: true);
        verifier.Init(forSigning: false, _key);
        verifier.BlockUpdate(data);
        return verifier.VerifySignature(signature.ToArray());
    }
}
