using System.Text.Json.Nodes;
using PrivChain.Attestation.Claims;
using PrivChain.Attestation.Evidence;

namespace PrivChain.Attestation.Intel;

/// <summary>The claims of a quote that was authenticated. SGX: the measurement is MRENCLAVE, padded with zeros; TDX: MRTD.</summary>
internal static class IntelClaims
{
    private const string Module = "mrseam";

    /// <param name="kind">The evidence's kind: evidence that wraps a quote has one of its own.</param>
    /// <param name="quote">The quote.</param>
    /// <param name="proved">What was proved about it.</param>
    /// <param name="more">Conditions of what wraps it.</param>
    public static AuthenticClaims Of(string kind, IntelQuote quote, IntelAppraisal proved, params IReadOnlyList<string> more)
    {
        var debug = quote.Sgx?.IsDebug ?? TdMode.IsDebug(quote.Td!);
        var platform = proved.Platform;
        var measurements = quote.Sgx is { } report ? [new MeasuredValue("mrenclave", "sha-256", report.MrEnclave)] : TdMeasurements(quote.Td!);
        var claims = new EnclaveClaims
        {
            Kind = kind,
            Tee = quote.IsTdx ? "tdx" : "sgx",
            Root = proved.Chain.Root,
            Measurement = quote.Sgx is { } enclave ? Padded(enclave.MrEnclave) : quote.Td!.MrTd,
            Measurements = measurements,
            Program = quote.IsTdx ? ProgramOf(measurements) : default,
            Signer = quote.Sgx?.MrSigner ?? default,
            ProductId = quote.Sgx?.IsvProdId,
            Svn = quote.Sgx?.IsvSvn,
            Tcb = proved is { Tcb: { } tcb, Collateral: { } collateral }
                ? new TcbClaim(tcb.Status, tcb.Level.Date, tcb.Advisories, Math.Min(collateral.TcbInfo.EvaluationNumber, collateral.QeIdentity.EvaluationNumber), collateral.IssuedAt)
                : TcbClaim.NotChecked,
            Debug = debug,
            ReportData = quote.ReportData,

            // A quote has no time: only a nonce in its report data shows its age.
            IssuedAt = null,
            HoldsUntil = proved.Collateral?.HoldsUntil ?? proved.Chain.HoldsUntil,
            HardwareId = platform.PlatformInstanceId.Length > 0 ? platform.PlatformInstanceId : platform.Ppid,
            ChipFamily = Convert.ToHexString(platform.Fmspc.Span),
            Conditions = [.. quote.Td is { } td ? TdMode.Conditions(td) : [], .. more],
            RevocationChecked = proved.Collateral is not null,
            NotChecked = NotChecked(quote, proved),
        };
        var result = proved.Tcb is null ? AuthenticationResult.ValidSignatureOnly
            : debug ? AuthenticationResult.ValidDebug
            : proved.Tcb.Status == TcbStatus.UpToDate ? AuthenticationResult.Valid
            : AuthenticationResult.ValidTcbNotUpToDate;
        return new AuthenticClaims(claims, result, Fields(proved));
    }

    /// <summary>Firmware, what booted above it, and how its host configured it. Not the TDX module: it is the platform's, its host replaces it, and the TCB status is about it.</summary>
    public static byte[] ProgramOf(IEnumerable<MeasuredValue> measurements) => MeasuredValue.DigestOf(measurements.Where(value => value.Name != Module));

    /// <summary>Every register of a TD.</summary>
    public static List<MeasuredValue> TdMeasurements(TdReport report)
    {
        const string Algorithm = "sha-384";
        var measurements = new List<MeasuredValue> { new("mrtd", Algorithm, report.MrTd) };
        for (var number = 0; number < TdReport.RtmrCount; number++)
        {
            measurements.Add(new MeasuredValue($"rtmr{number}", Algorithm, report.Rtmr(number)));
        }

        measurements.Add(new MeasuredValue(Module, Algorithm, report.MrSeam));
        measurements.Add(new MeasuredValue("mrconfigid", Algorithm, report.MrConfigId));
        measurements.Add(new MeasuredValue("mrowner", Algorithm, report.MrOwner));
        measurements.Add(new MeasuredValue("mrownerconfig", Algorithm, report.MrOwnerConfig));
        if (report.MrServiceTd is { } service)
        {
            measurements.Add(new MeasuredValue("mrservicetd", Algorithm, service));
        }

        return measurements;
    }

    private static List<string> NotChecked(IntelQuote quote, IntelAppraisal proved)
    {
        var list = new List<string> { "whose machine it is: keys of genuine hardware in an attacker's hands sign genuine quotes", "when the quote was made, unless its report data binds a nonce" };
        if (proved.Collateral is null)
        {
            list.Add("the platform's TCB status, the quoting enclave's identity and revocation: no collateral was given");
        }

        if (quote.IsTdx)
        {
            list.Add("what booted in the TD after its firmware: compare the RTMRs");
        }

        return list;
    }

    private static List<EvidenceField> Fields(IntelAppraisal proved)
    {
        var fields = new List<EvidenceField>();
        if (proved is not { Tcb: { } tcb, Collateral: { } collateral })
        {
            return fields;
        }

        fields.Add(new EvidenceField("tcb_status", tcb.Level.Status.ToString(), "status of the platform's TCB level"));
        fields.Add(EvidenceField.Time("tcb_date", tcb.Level.Date, "date of that level"));
        fields.Add(new EvidenceField("advisory_ids", Texts(tcb.Level.Advisories), "advisories open at that level"));
        fields.Add(new EvidenceField("qe_tcb_status", tcb.Qe.Status.ToString(), "status of the quoting enclave"));
        if (tcb is { Module: { } module, ModuleLevel: { } level })
        {
            var value = new JsonObject { ["id"] = module.Id, ["tcb_status"] = level.Status.ToString(), ["advisory_ids"] = Texts(level.Advisories) };
            fields.Add(new EvidenceField("tdx_module", value, "TDX module by its own identity"));
        }

        fields.Add(new EvidenceField("tcb_status_intel_rules", tcb.Status.ToString(), "all of them merged"));
        fields.Add(new EvidenceField("tcb_evaluation_data_number", collateral.TcbInfo.EvaluationNumber, "grows with each recovery"));
        fields.Add(EvidenceField.Time("collateral_valid_from", collateral.ValidFrom, "issue of the newest item of collateral"));
        fields.Add(EvidenceField.Time("collateral_valid_to", collateral.ValidTo, "first item due to be replaced"));
        return fields;
    }

    private static JsonArray Texts(IReadOnlyList<string> texts) => new([.. texts.Select(text => (JsonNode?)JsonValue.Create(text))]);

    private static byte[] Padded(ReadOnlyMemory<byte> value)
    {
        var padded = new byte[EnclaveClaims.MeasurementSize];
        value.CopyTo(padded);
        return padded;
    }
}
