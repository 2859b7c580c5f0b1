using System.Security.Cryptography;
using PrivChain.Attestation.Claims;
using PrivChain.Attestation.Evidence;

namespace PrivChain.Attestation.Intel;

/// <summary>Every field of a quote, for people: what the bytes say, verified or not.</summary>
internal static class QuoteFields
{
    public static IReadOnlyList<EvidenceField> Of(IntelQuote quote)
    {
        var fields = new List<EvidenceField>
        {
            new("quote_version", quote.Version, "form of the quote"),
            new("attestation_key_type", quote.AttestationKeyType, "2: ECDSA P-256"),
            new("tee_type", quote.TeeType, "0: SGX, 129: TDX"),
            new("qe_svn", quote.QeSvn, "version of the quoting enclave, as the header says"),
            new("pce_svn", quote.PceSvn, "version of the certification enclave, as the header says"),
            EvidenceField.Hex("user_data", quote.UserData.Span, "20 bytes of the quoting enclave"),
            new("body_type", quote.BodyType, "1: SGX, 2: TD 1.0, 3: TD 1.5"),
        };
        if (quote.Sgx is { } report)
        {
            AddSgx(fields, report);
        }
        else
        {
            AddTd(fields, quote.Td!);
        }

        AddSignature(fields, quote.Signature);
        if (quote.Pck is { } pck)
        {
            AddPlatform(fields, pck);
        }

        fields.Add(new EvidenceField("trailing_bytes_after_quote", quote.TrailingBytes, "ignored and never used"));
        return fields;
    }

    private static void AddSgx(List<EvidenceField> fields, SgxReport report)
    {
        fields.Add(EvidenceField.Hex("cpu_svn", report.CpuSvn.Span, "security versions of the processor"));
        fields.Add(EvidenceField.Hex("misc_select", report.MiscSelect.Span, "extended features"));
        fields.Add(EvidenceField.Hex("attributes", report.Attributes.Span, "flags and XFRM"));
        fields.Add(new EvidenceField("debug", report.IsDebug, "true when its host can read its memory"));
        fields.Add(EvidenceField.Hex("mrenclave", report.MrEnclave.Span, "measurement of the enclave"));
        fields.Add(EvidenceField.Hex("mrsigner", report.MrSigner.Span, "digest of its signer's key"));
        fields.Add(new EvidenceField("isv_prod_id", report.IsvProdId, "product under the signer"));
        fields.Add(new EvidenceField("isv_svn", report.IsvSvn, "security version of the product"));
        fields.Add(EvidenceField.Hex("isv_ext_prod_id", report.IsvExtProdId.Span, "longer product id (KSS)"));
        fields.Add(EvidenceField.Hex("isv_family_id", report.IsvFamilyId.Span, "family of products (KSS)"));
        fields.Add(EvidenceField.Hex("config_id", report.ConfigId.Span, "configuration (KSS)"));
        fields.Add(new EvidenceField("config_svn", report.ConfigSvn, "version of the configuration (KSS)"));
        fields.Add(EvidenceField.Hex("report_data", report.ReportData.Span, "what the enclave bound"));
    }

    private static void AddTd(List<EvidenceField> fields, TdReport report)
    {
        fields.Add(EvidenceField.Hex("tee_tcb_svn", report.TeeTcbSvn.Span, "security versions at launch"));
        fields.Add(EvidenceField.Hex("mrseam", report.MrSeam.Span, "measurement of the TDX module"));
        fields.Add(EvidenceField.Hex("mrsignerseam", report.MrSignerSeam.Span, "its signer, zeros for Intel"));
        fields.Add(EvidenceField.Hex("seam_attributes", report.SeamAttributes.Span, "attributes of the module"));
        fields.Add(EvidenceField.Hex("td_attributes", report.TdAttributes.Span, "attributes of the TD"));
        fields.Add(EvidenceField.Hex("xfam", report.Xfam.Span, "extended features of the TD"));
        fields.Add(new EvidenceField("debug", TdMode.IsDebug(report), "true when its host can read its memory"));
        fields.Add(new EvidenceField("sept_ve_disable", !TdMode.Conditions(report).Contains(EvidenceCondition.SeptVeEnabled), "true when the host cannot inject #VE"));
        fields.Add(EvidenceField.Hex("mrtd", report.MrTd.Span, "measurement at launch"));
        fields.Add(EvidenceField.Hex("mrconfigid", report.MrConfigId.Span, "configuration that the host gave"));
        fields.Add(EvidenceField.Hex("mrowner", report.MrOwner.Span, "owner that the host gave"));
        fields.Add(EvidenceField.Hex("mrownerconfig", report.MrOwnerConfig.Span, "owner's configuration"));
        for (var number = 0; number < TdReport.RtmrCount; number++)
        {
            fields.Add(EvidenceField.Hex($"rtmr{number}", report.Rtmr(number).Span, "run-time measurements"));
        }

        fields.Add(EvidenceField.Hex("report_data", report.ReportData.Span, "what the TD bound"));
        if (report is { TeeTcbSvn2: { } now, MrServiceTd: { } service })
        {
            fields.Add(EvidenceField.Hex("tee_tcb_svn2", now.Span, "security versions now"));
            fields.Add(EvidenceField.Hex("mrservicetd", service.Span, "service TDs, zeros for none"));
        }
    }

    private static void AddSignature(List<EvidenceField> fields, QuoteSignature signature)
    {
        fields.Add(EvidenceField.Hex("attestation_key", signature.AttestationKey.Span, "x and y on P-256"));
        fields.Add(EvidenceField.Hex("qe_auth_data", signature.QeAuthData.Span, "bound with the attestation key"));
        fields.Add(EvidenceField.Hex("qe_mrenclave", signature.QeReport.MrEnclave.Span, "the quoting enclave"));
        fields.Add(EvidenceField.Hex("qe_mrsigner", signature.QeReport.MrSigner.Span, "its signer"));
        fields.Add(new EvidenceField("qe_isv_prod_id", signature.QeReport.IsvProdId, "its product"));
        fields.Add(new EvidenceField("qe_isv_svn", signature.QeReport.IsvSvn, "its security version"));
        fields.Add(new EvidenceField("certification_data_type", signature.CertificationType, "5: the PCK chain"));
        fields.Add(EvidenceField.Hex("certification_data_sha256", SHA256.HashData(signature.CertificationData.Span), "the chain as it came: each certificate is signed, the text around them is not"));
    }

    private static void AddPlatform(List<EvidenceField> fields, PckCertificates pck)
    {
        var platform = pck.Extension;
        fields.Add(EvidenceField.Hex("fmspc", platform.Fmspc.Span, "family of platforms"));
        fields.Add(EvidenceField.Hex("pce_id", platform.PceId.Span, "certification enclave"));
        fields.Add(EvidenceField.Hex("pck_cpusvn", platform.CpuSvn.Span, "security versions that the certificate is for"));
        fields.Add(new EvidenceField("pck_pcesvn", platform.PceSvn, "version of the certification enclave that it is for"));
        fields.Add(EvidenceField.Hex("ppid", platform.Ppid.Span, "id of the processor"));
        fields.Add(new EvidenceField("sgx_type", platform.SgxType, "0: standard, 1: scalable, 2: scalable with integrity"));
        fields.Add(new EvidenceField("pck_authority", pck.Authority, "which authority certified the platform"));
        if (platform.PlatformInstanceId.Length > 0)
        {
            fields.Add(EvidenceField.Hex("platform_instance_id", platform.PlatformInstanceId.Span, "id of the platform"));
        }

        AddFlag(fields, "dynamic_platform", platform.DynamicPlatform, "packages can be added");
        AddFlag(fields, "cached_keys", platform.CachedKeys, "the registration service keeps its root keys");
        AddFlag(fields, "smt_enabled", platform.SmtEnabled, "multithreading is on");
    }

    private static void AddFlag(List<EvidenceField> fields, string name, bool? value, string meaning)
    {
        if (value is { } flag)
        {
            fields.Add(new EvidenceField(name, flag, meaning));
        }
    }
}
