using PrivChain.Attestation.Cbor;
using PrivChain.Attestation.Claims;

namespace PrivChain.Attestation.Eat;

/// <summary>Security lifecycle of PSA (RFC 9783 section 4.3.1) and of a CCA platform: the upper byte is the state, the lower one is the maker's own.</summary>
/// <param name="Value">The claim.</param>
internal sealed record ArmLifecycle(ushort Value)
{
    private const int Secured = 0x30;
    private const int OtherDebug = 0x40;
    private const int RecoverableDebug = 0x50;

    private int State => Value >> 8;

    /// <summary>True when a debugger reads the program, if not the root of trust below it.</summary>
    public bool IsDebug => State is OtherDebug or RecoverableDebug;

    /// <summary>A device that is neither secured nor in debug is being made, provisioned or scrapped, or does not know.</summary>
    public IReadOnlyList<string> Conditions => State == Secured || IsDebug ? [] : [EvidenceCondition.DeviceNotSecured];

    public string Name => State switch
    {
        0x00 => "unknown",
        0x10 => "assembly and test",
        0x20 => "root of trust provisioning",
        Secured => "secured",
        OtherDebug => "debug outside the root of trust",
        RecoverableDebug => "recoverable debug of the root of trust",
        0x60 => "decommissioned",
        _ => "reserved",
    };

    /// <summary>Reads the claim, or null for none, another type, and values above 16 bits.</summary>
    public static ArmLifecycle? Read(CborValue? value) => value is { Kind: CborKind.Integer } && value.Number >= 0 && value.Number <= ushort.MaxValue ? new ArmLifecycle((ushort)value.Number) : null;
}
