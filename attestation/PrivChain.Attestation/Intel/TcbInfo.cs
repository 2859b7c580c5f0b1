using System.Diagnostics.CodeAnalysis;

namespace PrivChain.Attestation.Intel;

/// <summary>
/// Intel's TCB info (PCS API v4 "Get SGX TCB Info", "Get TDX TCB Info"): versions 3 for SGX and TDX, and 2, which is for SGX only and older than 2022; Intel's library accepts both, and the dates inside decide whether it
/// is still of use. Nothing about it is verified here.
/// </summary>
internal sealed class TcbInfo
{
    public const uint Version2 = 2;
    public const uint Version3 = 3;

    private TcbInfo(IntelJson json)
    {
        Version = json.UInt32("version");
        if (Version is not (Version2 or Version3))
        {
            json.Fail("version");
        }

        Id = Version == Version3 ? json.Text("id") : "SGX";
        if (Id is not ("SGX" or "TDX"))
        {
            json.Fail("id");
        }

        IssueDate = json.Date("issueDate");
        NextUpdate = json.Date("nextUpdate");
        Fmspc = json.Hex("fmspc", 6);
        PceId = json.Hex("pceId", 2);

        // Type 0 says how levels compare, and there is no other.
        if (json.UInt32("tcbType") != 0)
        {
            json.Fail("tcbType");
        }

        EvaluationNumber = json.UInt32("tcbEvaluationDataNumber");
        if (IsTdx)
        {
            Module = TdxModuleIdentity.ReadModule(json.Object("tdxModule"));
            Modules = json.Has("tdxModuleIdentities") ? [.. json.Objects("tdxModuleIdentities").Select(TdxModuleIdentity.ReadIdentity)] : [];
        }
        else if (json.Has("tdxModule") || json.Has("tdxModuleIdentities"))
        {
            json.Fail("tdxModule");
        }

        Levels = [.. json.Objects("tcbLevels").Select(level => TcbLevel.Read(level, Version, IsTdx))];
        if (Levels.Where((level, index) => Levels.Take(index).Any(level.IsSame)).Any())
        {
            json.Fail("tcbLevels");
        }
    }

    public uint Version { get; }

    /// <summary><c>SGX</c> or <c>TDX</c>.</summary>
    public string Id { get; }

    public bool IsTdx => Id == "TDX";

    public DateTimeOffset IssueDate { get; }

    public DateTimeOffset NextUpdate { get; }

    public ReadOnlyMemory<byte> Fmspc { get; }

    public ReadOnlyMemory<byte> PceId { get; }

    /// <summary>Grows with each TCB recovery: a lower one than seen before is older news.</summary>
    public uint EvaluationNumber { get; }

    /// <summary>Levels in the order received, highest first.</summary>
    public IReadOnlyList<TcbLevel> Levels { get; }

    /// <summary>The module of major version 0, or null for SGX.</summary>
    public TdxModuleIdentity? Module { get; }

    /// <summary>Modules of major versions from 1 up.</summary>
    public IReadOnlyList<TdxModuleIdentity> Modules { get; } = [];

    /// <summary>Reads the service's answer.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out SignedDocument<TcbInfo>? info, [NotNullWhen(false)] out string? fault) =>
        SignedDocument<TcbInfo>.TryParse(bytes, "tcbInfo", json => new TcbInfo(json), out info, out fault);

    /// <summary>The module identity for <c>TEE_TCB_SVN[1]</c>, the major version; null when there is none.</summary>
    public TdxModuleIdentity? ModuleOf(byte majorVersion) =>
        majorVersion == 0 ? Module : Modules.FirstOrDefault(module => module.Id.Equals($"TDX_{majorVersion:x2}", StringComparison.OrdinalIgnoreCase));
}
