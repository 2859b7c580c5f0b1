using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Roots;

namespace PrivChain.Attestation.Claims;

/// <summary>One vocabulary of claims over all formats (RATS, RFC 9334; names after EAR where it has them). Only authentication makes one; what a format does not say is null or empty, never guessed.</summary>
public sealed class EnclaveClaims
{
    /// <summary>Length of <see cref="Measurement"/> in bytes; shorter ones are padded with zeros on the right.</summary>
    public const int MeasurementSize = 48;

    /// <summary>Length of report data where evidence binds keys by <see cref="SessionBinding"/> in full.</summary>
    public const int ReportDataSize = 64;

    private readonly ReadOnlyMemory<byte> _program;
    private readonly IReadOnlyList<string> _owners = [];

    internal EnclaveClaims()
    {
    }

    /// <summary>The evidence format, one of <see cref="EvidenceKind"/>.</summary>
    public required string Kind { get; init; }

    /// <summary>What protects the program: <c>sgx</c>, <c>tdx</c>, <c>sev-snp</c>, <c>nitro</c>, <c>tpm</c>, <c>arm-cca</c>, <c>arm-psa</c>, <c>dice</c>, <c>gpu</c> or <c>none</c>. Evidence that wraps other evidence says what the inner one protects.</summary>
    public required string Tee { get; init; }

    /// <summary>The root that vouches for it.</summary>
    public required RootIdentity Root { get; init; }

    /// <summary>The measurement that policies name, 48 bytes: MRENCLAVE, MRTD, launch measurement, PCR digest, digest over a device's layers. The format's README says which.</summary>
    public required ReadOnlyMemory<byte> Measurement { get; init; }

    /// <summary>Every measurement, in the format's words.</summary>
    public IReadOnlyList<MeasuredValue> Measurements { get; init; } = [];

    /// <summary>
    /// Everything that was measured of what runs, as one value of 48 bytes. It is <see cref="Measurement"/>, but where that covers the first stage alone (TDX, Azure's guests, Arm CCA): there it is <see cref="MeasuredValue.DigestOf"/> over that stage
    /// and the registers above it.
    /// </summary>
    public ReadOnlyMemory<byte> Program
    {
        get => _program.IsEmpty ? Measurement : _program;
        init => _program = value;
    }

    /// <summary>Digest of the key that signed the program (MRSIGNER, id-key digest), or empty.</summary>
    public ReadOnlyMemory<byte> Signer { get; init; }

    /// <summary>Product number under the signer, or null.</summary>
    public uint? ProductId { get; init; }

    /// <summary>Security version of the program, or null when the format has none.</summary>
    public required uint? Svn { get; init; }

    /// <summary>Status of the platform.</summary>
    public TcbClaim Tcb { get; init; } = TcbClaim.NotApplicable;

    /// <summary>Security versions of the platform's firmware by part, where the format has them and no status: SEV-SNP's reported TCB (<c>bootloader</c>, <c>tee</c>, <c>snp</c>, <c>microcode</c>, <c>fmc</c>).</summary>
    public IReadOnlyDictionary<string, uint> PlatformVersions { get; init; } = new Dictionary<string, uint>();

    /// <summary>True for a debug enclave, whose memory its host can read.</summary>
    public required bool Debug { get; init; }

    /// <summary>What the program bound, in the length of the format: 64 bytes for quotes and reports.</summary>
    public required ReadOnlyMemory<byte> ReportData { get; init; }

    /// <summary>The asker's nonce, where the format has a place of its own for it, or null.</summary>
    public ReadOnlyMemory<byte>? Nonce { get; init; }

    /// <summary>More nonces, where a token answers several askers at once (RFC 9711 section 4.1) or writes one in another alphabet: the asker's must be among all of them.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> OtherNonces { get; init; } = [];

    /// <summary>When the evidence was made, by a clock that its root vouches for, or null: most quotes have no time, and only a nonce shows their age.</summary>
    public required DateTimeOffset? IssuedAt { get; init; }

    /// <summary>Until when this can be relied upon: the earliest end of a certificate, list, collateral item or token, or null when nothing ends.</summary>
    public DateTimeOffset? HoldsUntil { get; init; }

    /// <summary>What identifies the hardware (PPID, chip id, UEID), or empty.</summary>
    public ReadOnlyMemory<byte> HardwareId { get; init; }

    /// <summary>The family of chips, such as <c>Milan</c> or an FMSPC, or empty.</summary>
    public string ChipFamily { get; init; } = string.Empty;

    /// <summary>Modes that weaken the evidence, of <see cref="EvidenceCondition"/>.</summary>
    public IReadOnlyList<string> Conditions { get; init; } = [];

    /// <summary>True when every certificate was checked against its issuer's revocation list.</summary>
    public bool RevocationChecked { get; init; }

    /// <summary>What this format cannot prove or nobody checked, in words for people.</summary>
    public required IReadOnlyList<string> NotChecked { get; init; }

    /// <summary>Whose failure alone makes this evidence worthless: the root's owner, and for a token about other evidence also the owner of that one.</summary>
    public IReadOnlyList<string> Owners
    {
        get => _owners.Count == 0 ? [Root.Owner] : _owners;
        init => _owners = value;
    }

    /// <summary>SHA-256 of the root's key: two kinds under one root are one root.</summary>
    public ReadOnlyMemory<byte> RootId => Root.Fingerprint;
}
