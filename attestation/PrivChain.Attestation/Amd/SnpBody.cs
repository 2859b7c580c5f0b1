using PrivChain.Attestation.Certificates;
using PrivChain.Attestation.Claims;
using PrivChain.Attestation.Collateral;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Signatures;

namespace PrivChain.Attestation.Amd;

/// <summary>
/// Authenticates a report (AMD 56860 section 7.3, 57230 section 3). Steps: certificates; chain to the ARK and AMD's profile; signature over the first 0x2a0 bytes; revocation list, when one is given; what the
/// certificate says against what the report says (product, TCB, chip); order of the TCBs. Debug, migration, SMT, VMPL and provisional firmware are claims: a policy judges them, and none is part of the measurement.
/// </summary>
internal sealed class SnpBody(SnpReport report, SnpCertificateTable table) : IEvidenceBody
{
    public SnpReport Report { get; } = report;

    public IReadOnlyList<EvidenceField> Fields => SnpReportFields.Of(Report);

    public CollateralRequest? Request => new CollateralRequest.Amd(
        (Report.Product ?? ProductOfHost)?.Name ?? string.Empty,
        IsVlek ? string.Empty : Convert.ToHexStringLower(Report.ChipId.Span[..(Report.IsTurin ? AmdProduct.TurinIdSize : Report.ChipId.Length)]),
        Report.ReportedTcb.ToParameters());

    private bool IsVlek => Report.SigningKey == SnpSigningKey.Vlek;

    // A report before version 3 does not say its line; the key that its host hands out names the authority that issued it. Unverified, as all of a request is: it chooses whom to ask, not what to believe.
    private AmdProduct? ProductOfHost =>
        table[IsVlek ? SnpCertificateTable.Vlek : SnpCertificateTable.Vcek] is { } bytes && CertificateList.TryParse(bytes, out var certificates)
            ? AmdProduct.OfIssuer(certificates[0].Issuer.CommonName, IsVlek)
            : null;

    private bool IsMasked => !Report.ChipId.Span.ContainsAnyExcept((byte)0);

    public AttestationVerdict<AuthenticClaims> Authenticate(AuthenticationContext context)
    {
        if (Report.IsUnsigned)
        {
            return Refuse(AttestationRefusal.Unsigned, "signature", "a report that a VCEK or VLEK signed", "zeros");
        }

        var certificates = AmdCertificates.Collect(context.Collateral, table, IsVlek);
        if (!certificates.Accepted)
        {
            return new AttestationVerdict<AuthenticClaims>(certificates.Fault);
        }

        var verified = AmdChain.Verify(certificates.Value, IsVlek, context);
        if (!verified.Accepted)
        {
            return new AttestationVerdict<AuthenticClaims>(verified.Fault);
        }

        var chain = verified.Value;
        if (!Report.TryGetSignature(out var signature) || !chain.Chain.Leaf.Key.VerifyRaw(SignatureAlgorithm.EcdsaSha384, Report.Signed.Span, signature))
        {
            return Refuse(AttestationRefusal.BadSignature, "signature", $"a signature by {chain.Chain.Leaf.Subject}", "another");
        }

        var crl = certificates.Value.Crl;
        if ((crl is null ? null : chain.CheckRevocation(crl, context)) is { } revoked)
        {
            return new AttestationVerdict<AuthenticClaims>(revoked);
        }

        return BindingFault(chain) is { } unbound
            ? new AttestationVerdict<AuthenticClaims>(unbound)
            : new AttestationVerdict<AuthenticClaims>(new AuthenticClaims(
                Claims(chain, crl), Report.Policy.Debug ? AuthenticationResult.ValidDebug : AuthenticationResult.Valid, CertificateFields(chain)));
    }

    private AttestationFault? BindingFault(AmdChain chain)
    {
        var key = chain.Key;
        if (Report.Product is { } product ? product != chain.Product : Report.IsTurin != chain.Product.IsTurin && !IsMasked)
        {
            return Mismatch("product", chain.Product.Name, Report.Product?.Name ?? "another line");
        }

        // The key is derived from the chip's secret and exactly this TCB (57230, section 1.2).
        if (key.Tcb != Report.ReportedTcb)
        {
            return Mismatch("reportedTcb", key.Tcb.ToString(), Report.ReportedTcb.ToString());
        }

        // A host may mask the id; a key leased to a cloud is not of one chip.
        if (!IsVlek && !IsMasked && !(Report.ChipId.Span.StartsWith(key.HardwareId.Span) && !Report.ChipId.Span[key.HardwareId.Length..].ContainsAnyExcept((byte)0)))
        {
            return Mismatch("chipId", Convert.ToHexStringLower(key.HardwareId.Span), Convert.ToHexStringLower(Report.ChipId.Span));
        }

        return Report.HasCommittedTcb && !(Report.ReportedTcb.IsAtMost(Report.CommittedTcb) && Report.CommittedTcb.IsAtMost(Report.CurrentTcb))
            ? Mismatch("committedTcb", "reported <= committed <= current", $"{Report.ReportedTcb}; {Report.CommittedTcb}; {Report.CurrentTcb}")
            : null;
    }

    private EnclaveClaims Claims(AmdChain chain, RevocationList? list) => new()
    {
        Kind = EvidenceKind.SevSnp,
        Tee = "sev-snp",
        Root = chain.Chain.Root,
        Measurement = Report.Measurement,
        Measurements = [new MeasuredValue("measurement", "sha-384", Report.Measurement)],
        Signer = Report.IdKeyDigest.Span.ContainsAnyExcept((byte)0) ? Report.IdKeyDigest : default,
        ProductId = ImageNumber(),
        Svn = Report.GuestSvn,
        Debug = Report.Policy.Debug,
        ReportData = Report.ReportData,
        IssuedAt = null,
        HoldsUntil = list is { NextUpdate: var update } && update < chain.Chain.HoldsUntil ? update : chain.Chain.HoldsUntil,
        Tcb = TcbClaim.NotApplicable with { IssuedAt = list?.ThisUpdate },
        PlatformVersions = Report.ReportedTcb.ToVersions(),

        // The certificate names the chip even where the report masks it.
        HardwareId = !IsVlek ? chain.Key.HardwareId : IsMasked ? default : Report.ChipId,
        ChipFamily = chain.Product.Name,
        Conditions = Conditions(),
        RevocationChecked = list is not null,
        NotChecked = NotChecked(list is not null),
    };

    // Images under one id key are told apart by image id, 16 bytes that the guest's owner chooses; those that number them have a product id.
    private uint? ImageNumber() => Report.ImageId.Span[4..].ContainsAnyExcept((byte)0) ? null : System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(Report.ImageId.Span);

    private List<string> Conditions()
    {
        var conditions = new List<string>();
        Add(Report.Policy.MigrationAllowed, EvidenceCondition.MigrationAllowed);
        Add(Report.Vmpl != 0, EvidenceCondition.VmplNotZero);
        Add(Report.Policy.SmtAllowed, EvidenceCondition.SmtAllowed);
        Add(Report.HasCommittedTcb && (Report.CurrentTcb != Report.CommittedTcb || Report.CurrentVersion != Report.CommittedVersion), EvidenceCondition.ProvisionalFirmware);
        return conditions;

        void Add(bool holds, string condition)
        {
            if (holds)
            {
                conditions.Add(condition);
            }
        }
    }

    private List<string> NotChecked(bool revocation)
    {
        var notes = new List<string> { "when the report was made: only a nonce in its report data shows its age", "what AMD recommends today: the firmware's versions are reported, and a floor for them is the policy's" };
        if (!revocation)
        {
            notes.Add("revocation of AMD's signing keys: no list was given");
        }

        if (IsVlek)
        {
            notes.Add("which chip it is: the key is leased to a cloud and loaded into many");
        }
        else if (IsMasked)
        {
            notes.Add("chip id in the report: the host masks it; the certificate's stands for it");
        }

        if (!Report.HasCommittedTcb)
        {
            notes.Add("rollback of firmware: reports of version 1 have no committed TCB");
        }

        return notes;
    }

    private List<EvidenceField> CertificateFields(AmdChain chain)
    {
        var fields = new List<EvidenceField>
        {
            new("product", chain.Product.Name, "line of processors, as the key's issuer says"),
            new("product_name", chain.Key.ProductName, "the chip, as its certificate says"),
            EvidenceField.Time("vek_not_before", chain.Chain.Leaf.NotBefore, "first day of the key's certificate"),
            EvidenceField.Time("vek_not_after", chain.Chain.Leaf.NotAfter, "last day of the key's certificate"),
        };
        if (IsVlek)
        {
            fields.Add(new("csp_id", chain.Key.CloudId, "the cloud that AMD leased the key to"));
        }

        return fields;
    }

    private static AttestationFault Mismatch(string field, string wanted, string given) => AttestationFault.Authenticate(AttestationRefusal.BindingMismatch, field, wanted, given);

    private static AttestationVerdict<AuthenticClaims> Refuse(AttestationRefusal reason, string field, string wanted, string given) => new(AttestationFault.Authenticate(reason, field, wanted, given));
}
