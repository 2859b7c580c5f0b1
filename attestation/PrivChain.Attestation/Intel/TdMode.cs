using System.Buffers.Binary;
using PrivChain.Attestation.Claims;

namespace PrivChain.Attestation.Intel;

/// <summary>What a TD's attributes and XFAM say about its mode (TDX Module 1.5 Base Architecture Specification, "ATTRIBUTES" and "XFAM").</summary>
internal static class TdMode
{
    private const ulong UnderDebug = 0xff;
    private const ulong SeptVeDisable = 1UL << 28;
    private const ulong Migratable = 1UL << 29;
    private const ulong XfamFixed1 = 0x3;
    private const ulong XfamFixed0 = 0x6_dbe7;

    /// <summary>True when a bit of the group TUD is set: with any of them, the specification says, the TD is not trusted.</summary>
    public static bool IsDebug(TdReport report) => IsDebug(report.TdAttributes.Span);

    /// <summary>The same of the attributes alone, 8 bytes as the report has them.</summary>
    public static bool IsDebug(ReadOnlySpan<byte> tdAttributes) => (BinaryPrimitives.ReadUInt64LittleEndian(tdAttributes) & UnderDebug) != 0;

    /// <summary>Modes that weaken the evidence, of <see cref="EvidenceCondition"/>.</summary>
    public static IReadOnlyList<string> Conditions(TdReport report) =>
    [
        .. Conditions(report.TdAttributes.Span, report.Xfam.Span),
        .. report.MrServiceTd is { } service && service.Span.ContainsAnyExcept((byte)0) ? [EvidenceCondition.ServiceTd] : Array.Empty<string>(),
    ];

    /// <summary>The same of attributes and XFAM alone, 8 bytes each as the report has them.</summary>
    public static List<string> Conditions(ReadOnlySpan<byte> tdAttributes, ReadOnlySpan<byte> extendedFeatures)
    {
        var attributes = BinaryPrimitives.ReadUInt64LittleEndian(tdAttributes);
        var conditions = new List<string>();
        if ((attributes & SeptVeDisable) == 0)
        {
            conditions.Add(EvidenceCondition.SeptVeEnabled);
        }

        if ((attributes & Migratable) != 0)
        {
            conditions.Add(EvidenceCondition.MigrationAllowed);
        }

        // Bits that nobody explained to this verifier may weaken a TD: only what is known to be harmless passes in silence.
        var xfam = BinaryPrimitives.ReadUInt64LittleEndian(extendedFeatures);
        if ((attributes & ~(UnderDebug | SeptVeDisable | Migratable)) != 0 || (xfam & XfamFixed1) != XfamFixed1 || (xfam & ~XfamFixed0) != 0)
        {
            conditions.Add(EvidenceCondition.UnusualTdAttributes);
        }

        return conditions;
    }
}
