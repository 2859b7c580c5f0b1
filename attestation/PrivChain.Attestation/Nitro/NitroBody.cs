using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using PrivChain.Attestation.Certificates;
using PrivChain.Attestation.Claims;
using PrivChain.Attestation.Collateral;
using PrivChain.Attestation.Cose;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Roots;

namespace PrivChain.Attestation.Nitro;

/// <summary>
/// Verification after AWS, "Verifying the root of trust": (1) the CBOR and COSE structure and every field (at parsing), (2) the signature with the leaf's key, ES384 and no other, (3) the chain, in the order that AWS
/// gives, to the Nitro root, at the given time. AWS publishes no revocation lists that a verifier should use: leaves live three hours. Lists that are given are used.
/// </summary>
internal sealed class NitroBody(CoseSign1 message, NitroDocument document) : IEvidenceBody
{
    private const string ChainField = "cabundle";

    public IReadOnlyList<EvidenceField> Fields =>
    [
        new("module_id", document.ModuleId, "instance and enclave"),
        new("digest", document.DigestName, "hash of the PCRs"),
        new("timestamp_ms", document.Timestamp, "unix milliseconds, by the hypervisor's clock"),
        new("pcrs", new JsonObject(document.Pcrs.Where(pcr => !NitroDocument.IsZero(pcr.Value))
            .Select(pcr => KeyValuePair.Create(pcr.Key.ToString(CultureInfo.InvariantCulture), (JsonNode?)Convert.ToHexStringLower(pcr.Value.Span)))), "measurements that are not zero"),
        new("pcrs_all_zero", new JsonArray([.. document.Pcrs.Where(pcr => NitroDocument.IsZero(pcr.Value)).Select(pcr => (JsonNode?)pcr.Key)]), "measurements that are zero"),
        new("debug", document.IsDebug, "PCR0, PCR1 and PCR2 are zero"),
        new("cose_alg", (int?)message.AlgorithmNumber, "signature algorithm"),
        new("cabundle_length", document.Bundle.Count, "certificates above the leaf"),
        EvidenceField.Time("leaf_not_before", document.Leaf.NotBefore, "start of the leaf certificate"),
        EvidenceField.Time("leaf_not_after", document.Leaf.NotAfter, "end of the leaf certificate"),
        .. Optional("public_key", document.PublicKey, "key that the enclave put in"),
        .. Optional("user_data", document.UserData, "what the enclave bound"),
        .. Optional("nonce", document.Nonce, "the asker's nonce"),
    ];

    public CollateralRequest? Request => null;

    public AttestationVerdict<AuthenticClaims> Authenticate(AuthenticationContext context)
    {
        if (message.AlgorithmNumber != CoseAlgorithm.Es384)
        {
            return Refuse(AttestationRefusal.AlgorithmNotAllowed, "alg", "ES384", $"{message.AlgorithmNumber}");
        }

        if (!message.IsSignedBy(document.Leaf.Key))
        {
            return Refuse(AttestationRefusal.BadSignature, "signature", "a signature by the leaf certificate's key", "another");
        }

        var rules = new ChainRules { Field = ChainField, Root = RootKind.Nitro, Roots = context.Roots, At = context.At, Verified = context.Verified };
        var verified = ChainBuilder.Verify(document.Leaf, document.Bundle, rules);
        if (!verified.Accepted)
        {
            return new AttestationVerdict<AuthenticClaims>(verified.Fault);
        }

        var chain = verified.Value;
        if (document.Leaf.IsAuthority || !InOrder(chain))
        {
            return Refuse(AttestationRefusal.InvalidChain, ChainField, "the chain from the root to the leaf's issuer, in this order, and a leaf that issues nothing", "another");
        }

        var times = new ListTimes(chain.HoldsUntil, null);
        var revocationChecked = context.Collateral.TryGet(CollateralName.Crls, out var crls);
        if (revocationChecked && CheckRevocation(chain, crls, rules, out times) is { } fault)
        {
            return new AttestationVerdict<AuthenticClaims>(fault);
        }

        return new AttestationVerdict<AuthenticClaims>(
            new AuthenticClaims(Claims(chain.Root, times, revocationChecked), document.IsDebug ? AuthenticationResult.ValidDebug : AuthenticationResult.Valid, []));
    }

    private EnclaveClaims Claims(RootIdentity root, ListTimes times, bool revocationChecked) => new()
    {
        Kind = EvidenceKind.Nitro,
        Tee = "nitro",
        Root = root,
        Measurement = document.Pcrs[0],
        Measurements = [.. document.Pcrs.Select(pcr => new MeasuredValue($"pcr{pcr.Key}", "sha-384", pcr.Value))],
        Signer = document.Signer,
        Svn = null,
        Tcb = TcbClaim.NotApplicable with { IssuedAt = times.IssuedAt },
        Debug = document.IsDebug,
        ReportData = document.UserData ?? default,

        // The format has a place for a nonce: one that is absent is no nonce, and user data does not stand in for it.
        Nonce = document.Nonce ?? ReadOnlyMemory<byte>.Empty,
        IssuedAt = AttestationTime.FromUnixMilliseconds(document.Timestamp),
        HoldsUntil = times.HoldsUntil,
        RevocationChecked = revocationChecked,
        NotChecked =
        [
            "hardware: the document names an instance, not a machine",
            "firmware version of the Nitro system",
            .. revocationChecked ? Array.Empty<string>() : ["revocation: AWS has no lists for these certificates, which live three hours"],
        ],
    };

    // The certificates that came along, from the last (the leaf's issuer) upwards, are the path; the caller's own root may end it.
    private bool InOrder(VerifiedChain chain)
    {
        var path = chain.Path.Skip(1).ToList();
        return path.Zip(document.Bundle.Reverse()).All(pair => pair.First.Der.Span.SequenceEqual(pair.Second.Der.Span));
    }

    private static AttestationFault? CheckRevocation(VerifiedChain chain, ReadOnlyMemory<byte> crls, ChainRules rules, out ListTimes times)
    {
        times = new ListTimes(chain.HoldsUntil, null);
        return RevocationLists.TryParse(crls, out var lists)
            ? chain.CheckRevocation(lists, rules, out times)
            : AttestationFault.Authenticate(AttestationRefusal.MalformedCollateral, CollateralName.Crls, "revocation lists, DER or PEM", "something else");
    }

    private static IEnumerable<EvidenceField> Optional(string name, ReadOnlyMemory<byte>? value, string meaning) => value is not { } bytes
        ? [new EvidenceField(name, null, meaning)]
        :
        [
            EvidenceField.Hex(name, bytes.Span, meaning),
            EvidenceField.Hex(name + "_sha256", SHA256.HashData(bytes.Span), meaning + ", SHA-256"),
            new EvidenceField(name + "_length", bytes.Length, meaning + ", length in bytes"),
        ];

    private static AttestationVerdict<AuthenticClaims> Refuse(AttestationRefusal reason, string field, string wanted, string given) =>
        new(AttestationFault.Authenticate(reason, field, wanted, given));
}
