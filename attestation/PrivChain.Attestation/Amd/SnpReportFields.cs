using System.Text.Json.Nodes;
using PrivChain.Attestation.Evidence;

namespace PrivChain.Attestation.Amd;

/// <summary>A report's fields in words, for people and for comparing with other parsers.</summary>
internal static class SnpReportFields
{
    public static IReadOnlyList<EvidenceField> Of(SnpReport report)
    {
        var fields = new List<EvidenceField>
        {
            new("report_version", report.Version, "layout of the report"),
            new("guest_svn", report.GuestSvn, "security version that the guest's owner gave it"),
            new("policy", $"0x{report.Policy.Bits:x}", string.Join(", ", report.Policy.Words())),
            new("debug", report.Policy.Debug, "whether the host may read the guest's memory"),
            EvidenceField.Hex("family_id", report.FamilyId.Span, "family that the guest's owner gave it"),
            EvidenceField.Hex("image_id", report.ImageId.Span, "image that the guest's owner gave it"),
            new("vmpl", report.Vmpl, "privilege level that asked, 0 is the highest; 4294967295 is the host"),
            new("platform_info", $"0x{report.PlatformInfo:x}", "bit 0 SMT on, 1 TSME, 2 ECC, 3 RAPL off, 4 ciphertext hiding, 5 memory alias check passed"),
            new("author_key_en", report.HasAuthorKey, "whether an author key signed the id key"),
            new("mask_chip_key", report.MasksChipKey, "whether the host hides the chip's key"),
            new("signing_key", report.SigningKey switch { SnpSigningKey.Vcek => "VCEK", SnpSigningKey.Vlek => "VLEK", _ => "none" }, "kind of key that signs"),
            EvidenceField.Hex("report_data", report.ReportData.Span, "what the guest bound"),
            EvidenceField.Hex("measurement", report.Measurement.Span, "SHA-384 of the guest's first memory"),
            EvidenceField.Hex("host_data", report.HostData.Span, "what the host gave at launch"),
            EvidenceField.Hex("id_key_digest", report.IdKeyDigest.Span, "SHA-384 of the key that signed the guest's identity"),
            EvidenceField.Hex("author_key_digest", report.AuthorKeyDigest.Span, "SHA-384 of the key that signed the id key"),
            EvidenceField.Hex("report_id", report.ReportId.Span, "this guest from launch to end"),
            EvidenceField.Hex("report_id_ma", report.MigrationAgentReportId.Span, "its migration agent; all ones for none"),
            EvidenceField.Hex("chip_id", report.ChipId.Span, "the chip; zeros when masked"),
            new("reported_tcb", report.ReportedTcb.ToJson(), "firmware levels that the key stands for"),
            new("committed_tcb", report.CommittedTcb.ToJson(), "firmware levels that cannot be undone"),
            new("current_tcb", report.CurrentTcb.ToJson(), "firmware levels that run"),
            new("launch_tcb", report.LaunchTcb.ToJson(), "firmware levels when the guest began"),
            new("current_version", report.CurrentVersion, "SNP firmware that runs"),
            new("committed_version", report.CommittedVersion, "SNP firmware that cannot be undone"),
        };

        if (report.Cpuid is { Span: var cpuid })
        {
            fields.Add(new("cpuid_family_model_stepping", new JsonArray(cpuid[0], cpuid[1], cpuid[2]), "the processor"));
        }

        if (report.Mitigations is var (launch, current))
        {
            fields.Add(new("launch_mit_vector", $"0x{launch:x}", "mitigations in force at launch"));
            fields.Add(new("current_mit_vector", $"0x{current:x}", "mitigations in force now"));
        }

        return fields;
    }
}
