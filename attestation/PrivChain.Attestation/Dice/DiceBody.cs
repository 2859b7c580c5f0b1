using PrivChain.Attestation.Certificates;
using PrivChain.Attestation.Claims;
using PrivChain.Attestation.Collateral;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Roots;

namespace PrivChain.Attestation.Dice;

/// <summary>A DICE chain, and report data with the alias key's signature where the device was asked for it.</summary>
internal sealed class DiceBody : IEvidenceBody
{
    /// <summary>Name of the part with 64 bytes of report data.</summary>
    public const string ReportDataPart = "report-data";

    /// <summary>Name of the part with the signature of <see cref="ReportDataSignature"/>.</summary>
    public const string SignaturePart = "signature";

    /// <summary>Name of the part with certificates that did not come in the main part.</summary>
    public const string IntermediatesPart = "intermediates";

    private const string Field = "diceChain";

    private readonly string _kind;
    private readonly IReadOnlyList<DiceLayer> _layers;
    private readonly DiceLayer _leaf;
    private readonly IReadOnlyList<Certificate> _others;
    private readonly ReadOnlyMemory<byte> _reportData;
    private readonly ReadOnlyMemory<byte> _signature;

    private DiceBody(string kind, IReadOnlyList<DiceLayer> layers, ReadOnlyMemory<byte> reportData, ReadOnlyMemory<byte> signature)
    {
        _kind = kind;
        _layers = layers;
        _leaf = layers[0];
        _others = [.. layers.Skip(1).Select(layer => layer.Certificate)];
        _reportData = reportData;
        _signature = signature;
    }

    public IReadOnlyList<EvidenceField> Fields =>
        [.. DiceFields.Of(_layers), .. _reportData.Length > 0 ? [EvidenceField.Hex("report_data", _reportData.Span, "what the alias key signed")] : (EvidenceField[])[]];

    public CollateralRequest? Request => null;

    public static AttestationVerdict<IEvidenceBody> Parse(string kind, EvidenceParts parts)
    {
        if (!CertificateList.TryParse(parts.MainPart, out var certificates))
        {
            return Refuse(EvidenceParts.Main, "certificates, PEM or DER, leaf or root first", $"{parts.MainPart.Length} bytes of another form");
        }

        certificates = LeafFirst(certificates);
        if (parts.TryGet(IntermediatesPart, out var bytes))
        {
            if (!CertificateList.TryParse(bytes, out var more))
            {
                return Refuse(IntermediatesPart, "certificates, PEM or DER", $"{bytes.Length} bytes of another form");
            }

            certificates = [.. certificates, .. more];
        }

        var layers = new List<DiceLayer>();
        foreach (var certificate in certificates)
        {
            if (!DiceLayer.TryRead(certificate, out var layer))
            {
                return Refuse("extensions", "DICE extensions of the form that their names promise", certificate.Subject.ToString());
            }

            layers.Add(layer);
        }

        var bound = parts.TryGet(ReportDataPart, out var reportData);
        if (bound != parts.TryGet(SignaturePart, out var signature) || (bound && reportData.Length != EnclaveClaims.ReportDataSize) || signature.Length > ReportDataSignature.MaxSize || (bound && signature.Length == 0))
        {
            return Refuse(ReportDataPart, $"{EnclaveClaims.ReportDataSize} bytes and their signature, or neither", $"{reportData.Length} and {signature.Length} bytes");
        }

        return new AttestationVerdict<IEvidenceBody>(new DiceBody(kind, layers, reportData, signature));
    }

    public AttestationVerdict<AuthenticClaims> Authenticate(AuthenticationContext context)
    {
        var rules = new ChainRules { Field = Field, Root = RootKind.Dice, Roots = context.Roots, At = context.At, Verified = context.Verified };
        if (!TryReadIntermediates(context.Collateral, out var more))
        {
            return Refuse(AttestationFault.Authenticate(AttestationRefusal.MalformedCollateral, CollateralName.Intermediates, "certificates, PEM or DER", "other bytes"));
        }

        // 1. Chain to the members' root, path rules, every critical extension read, rules between layers.
        var verified = DicePath.Verify(_leaf.Certificate, _others.Concat(more), rules);
        if (!verified.Accepted)
        {
            return Refuse(verified.Fault);
        }

        // A policy tells the kinds apart, so the sender's word for it does not count: Caliptra's names must stand in certificates that were verified, and in no other kind's.
        if (DiceFormat.NamesCaliptra(verified.Value.Chain.Path) != (_kind == EvidenceKind.Caliptra))
        {
            return Refuse(AttestationFault.Authenticate(
                AttestationRefusal.InvalidChain, "kind", _kind == EvidenceKind.Caliptra ? "a chain of Caliptra's keys, by their names" : $"a chain without Caliptra's keys, which are of the kind {EvidenceKind.Caliptra}", _leaf.Certificate.Subject.ToString()));
        }

        // 2. The alias key signed the report data.
        if (_reportData.Length > 0 && ReportDataSignature.Check(_leaf, _reportData.Span, _signature.Span) is { } unsigned)
        {
            return Refuse(unsigned);
        }

        // 3. Revocation by the authorities above the device.
        if (DeviceRevocation.Check(verified.Value.Chain, rules, context.Collateral, out var revocation) is { } revoked)
        {
            return Refuse(revoked);
        }

        var claims = DiceClaims.Of(_kind, verified.Value, revocation, _reportData);
        return new AttestationVerdict<AuthenticClaims>(new AuthenticClaims(claims, ResultOf(claims, verified.Value), []));
    }

    // A device that says itself that it is not as it should be is no better than one in debug mode. A chain that measures nothing, or of an identity that signed nothing, is a chain and no report.
    private AuthenticationResult ResultOf(EnclaveClaims claims, DicePath path) =>
        claims.Debug || claims.Conditions.Contains(EvidenceCondition.DeviceNotSecured) ? AuthenticationResult.ValidDebug
            : claims.Conditions.Contains(EvidenceCondition.WeakHash) ? AuthenticationResult.ValidWeakHash
            : path.Layers.All(layer => layer.Infos.Count == 0 && layer.OpenDice is null) || (_kind == EvidenceKind.Caliptra && _reportData.Length == 0) ? AuthenticationResult.ValidChain
            : AuthenticationResult.Valid;

    // Chains come in either order. The leaf is the one that issued none of the others; where names do not tell, the first.
    private static IReadOnlyList<Certificate> LeafFirst(IReadOnlyList<Certificate> certificates)
    {
        var leaves = certificates.Where(candidate => !certificates.Any(other => other != candidate && other.Issuer.Is(candidate.Subject))).ToList();
        return leaves is [var leaf] && leaf == certificates[^1] ? [.. certificates.Reverse()] : certificates;
    }

    private static bool TryReadIntermediates(CollateralSet collateral, out IReadOnlyList<Certificate> certificates)
    {
        certificates = [];
        if (!collateral.TryGet(CollateralName.Intermediates, out var bytes))
        {
            return true;
        }

        var read = CertificateList.TryParse(bytes, out var parsed);
        certificates = parsed ?? [];
        return read;
    }

    private static AttestationVerdict<IEvidenceBody> Refuse(string field, string wanted, string given) => new(AttestationFault.Parse(field, wanted, given));

    private static AttestationVerdict<AuthenticClaims> Refuse(AttestationFault fault) => new(fault);
}
