using PrivChain.Attestation.Claims;

namespace PrivChain.Attestation.Intel;

/// <summary>A TCB level of a quoting enclave or TDX module: it holds from this security version up.</summary>
internal sealed record ModuleLevel(ushort IsvSvn, TcbStatus Status, DateTimeOffset Date, IReadOnlyList<string> Advisories)
{
    /// <summary>The levels in the order received, highest first.</summary>
    public static IReadOnlyList<ModuleLevel> ReadAll(IntelJson json) =>
    [
        .. json.Objects("tcbLevels").Select(level =>
            new ModuleLevel(level.Object("tcb").UInt16("isvsvn"), TcbStatusText.ReadModule(level, "tcbStatus"), level.Date("tcbDate"), level.OptionalTexts("advisoryIDs"))),
    ];

    /// <summary>The first level that a security version reaches, or null.</summary>
    public static ModuleLevel? Match(IReadOnlyList<ModuleLevel> levels, ushort isvSvn) => levels.FirstOrDefault(level => isvSvn >= level.IsvSvn);
}
