using System.Diagnostics.CodeAnalysis;

namespace PrivChain.Attestation.Intel;

/// <summary>Which quoting enclave may make quotes (PCS API v4 "Get QE Identity", "Get TD QE Identity", version 2). Nothing about it is verified here.</summary>
internal sealed class QeIdentity
{
    private const uint Version2 = 2;

    private QeIdentity(IntelJson json)
    {
        // Version 1 has no levels and was withdrawn.
        if (json.UInt32("version") != Version2)
        {
            json.Fail("version");
        }

        Id = json.Text("id");
        IssueDate = json.Date("issueDate");
        NextUpdate = json.Date("nextUpdate");
        EvaluationNumber = json.UInt32("tcbEvaluationDataNumber");

        // In the order of the bytes in a report, as Intel's library reads them.
        MiscSelect = json.Hex("miscselect", 4);
        MiscSelectMask = json.Hex("miscselectMask", 4);
        Attributes = json.Hex("attributes", 16);
        AttributesMask = json.Hex("attributesMask", 16);
        MrSigner = json.Hex("mrsigner", 32);
        IsvProdId = json.UInt16("isvprodid");
        Levels = ModuleLevel.ReadAll(json);
    }

    /// <summary><c>QE</c> or <c>TD_QE</c>; <c>QVE</c> is another enclave's.</summary>
    public string Id { get; }

    public DateTimeOffset IssueDate { get; }

    public DateTimeOffset NextUpdate { get; }

    public uint EvaluationNumber { get; }

    public ReadOnlyMemory<byte> MiscSelect { get; }

    public ReadOnlyMemory<byte> MiscSelectMask { get; }

    public ReadOnlyMemory<byte> Attributes { get; }

    public ReadOnlyMemory<byte> AttributesMask { get; }

    public ReadOnlyMemory<byte> MrSigner { get; }

    public ushort IsvProdId { get; }

    /// <summary>Levels in the order received, highest first.</summary>
    public IReadOnlyList<ModuleLevel> Levels { get; }

    /// <summary>Reads the service's answer.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out SignedDocument<QeIdentity>? identity, [NotNullWhen(false)] out string? fault) =>
        SignedDocument<QeIdentity>.TryParse(bytes, "enclaveIdentity", json => new QeIdentity(json), out identity, out fault);

    /// <summary>The first field in which a quoting enclave's report is not this identity, or null.</summary>
    public AttestationFault? Mismatch(SgxReport report)
    {
        return !Masked.Equal(report.MiscSelect.Span, MiscSelectMask.Span, MiscSelect.Span) ? Fault("qe.miscselect", MiscSelect, report.MiscSelect)
            : !Masked.Equal(report.Attributes.Span, AttributesMask.Span, Attributes.Span) ? Fault("qe.attributes", Attributes, report.Attributes)
            : !MrSigner.Span.SequenceEqual(report.MrSigner.Span) ? Fault("qe.mrsigner", MrSigner, report.MrSigner)
            : report.IsvProdId != IsvProdId ? AttestationFault.Authenticate(AttestationRefusal.QeIdentityMismatch, "qe.isvprodid", $"{IsvProdId}", $"{report.IsvProdId}")
            : null;

        static AttestationFault Fault(string field, ReadOnlyMemory<byte> wanted, ReadOnlyMemory<byte> given) =>
            AttestationFault.Authenticate(AttestationRefusal.QeIdentityMismatch, field, Convert.ToHexStringLower(wanted.Span), Convert.ToHexStringLower(given.Span));
    }
}
