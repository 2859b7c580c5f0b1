using System.Formats.Asn1;
using PrivChain.Attestation.Signatures;

namespace PrivChain.Attestation.Certificates;

/// <summary>AlgorithmIdentifiers of signatures in certificates and revocation lists (RFC 5280, 4055, 5758, 8410, 9881).</summary>
internal static class SignatureAlgorithms
{
    private const string RsaPss = "1.2.840.113549.1.1.10";

    /// <summary>The algorithm, or <see cref="SignatureAlgorithm.Unknown"/>. Parameters other than the ones the algorithm has make it unknown.</summary>
    /// <exception cref="AsnContentException">Not an AlgorithmIdentifier.</exception>
    public static SignatureAlgorithm Read(AsnReader reader)
    {
        var sequence = reader.ReadSequence();
        var oid = sequence.ReadObjectIdentifier();
        var hasParameters = sequence.HasData;
        var parameters = hasParameters ? sequence.ReadEncodedValue() : default;
        sequence.ThrowIfNotEmpty();
        var isNull = hasParameters && parameters.Span is [5, 0];
        return oid switch
        {
            "1.2.840.10045.4.3.2" when !hasParameters => SignatureAlgorithm.EcdsaSha256,
            "1.2.840.10045.4.3.3" when !hasParameters => SignatureAlgorithm.EcdsaSha384,
            "1.2.840.10045.4.3.4" when !hasParameters => SignatureAlgorithm.EcdsaSha512,
            "1.2.840.113549.1.1.5" when isNull || !hasParameters => SignatureAlgorithm.RsaPkcs1Sha1,
            "1.2.840.113549.1.1.11" when isNull || !hasParameters => SignatureAlgorithm.RsaPkcs1Sha256,
            "1.2.840.113549.1.1.12" when isNull || !hasParameters => SignatureAlgorithm.RsaPkcs1Sha384,
            "1.2.840.113549.1.1.13" when isNull || !hasParameters => SignatureAlgorithm.RsaPkcs1Sha512,
            "1.3.101.112" when !hasParameters => SignatureAlgorithm.Ed25519,
            RsaPss when hasParameters => ReadPss(parameters),
            _ when !hasParameters => MlDsaKey.AlgorithmOf(oid),
            _ => SignatureAlgorithm.Unknown,
        };
    }

    // RSASSA-PSS-params: [0] hash, [1] MGF1 with the same hash, [2] salt length of that hash, [3] trailer 1.
    private static SignatureAlgorithm ReadPss(ReadOnlyMemory<byte> parameters)
    {
        var sequence = new AsnReader(parameters, AsnEncodingRules.DER).ReadSequence();
        var hash = HashOid(Tagged(sequence, 0));
        var generator = Tagged(sequence, 1)?.ReadSequence();
        if (hash is null || generator is null || generator.ReadObjectIdentifier() != "1.2.840.113549.1.1.8" || HashOid(generator) != hash)
        {
            return SignatureAlgorithm.Unknown;
        }

        var salt = Tagged(sequence, 2);
        var saltLength = 20;
        if (salt is not null && !salt.TryReadInt32(out saltLength))
        {
            return SignatureAlgorithm.Unknown;
        }

        var trailer = Tagged(sequence, 3);
        if ((trailer is not null && (!trailer.TryReadInt32(out var field) || field != 1)) || sequence.HasData)
        {
            return SignatureAlgorithm.Unknown;
        }

        return (hash, saltLength) switch
        {
            ("2.16.840.1.101.3.4.2.1", 32) => SignatureAlgorithm.RsaPssSha256,
            ("2.16.840.1.101.3.4.2.2", 48) => SignatureAlgorithm.RsaPssSha384,
            ("2.16.840.1.101.3.4.2.3", 64) => SignatureAlgorithm.RsaPssSha512,
            _ => SignatureAlgorithm.Unknown,
        };
    }

    private static string? HashOid(AsnReader? reader) => reader?.ReadSequence().ReadObjectIdentifier();

    private static AsnReader? Tagged(AsnReader sequence, int number)
    {
        var tag = new Asn1Tag(TagClass.ContextSpecific, number, isConstructed: true);
        return sequence.HasData && sequence.PeekTag() == tag ? sequence.ReadSequence(tag) : null;
    }
}
