namespace PrivChain.Attestation;

/// <summary>One vocabulary of claims over all formats (RATS, RFC 9334).</summary>
public sealed class EnclaveClaims
{
    /// <summary>Length of a measurement in bytes; shorter ones are padded with zeros on the right by their format.</summary>
    public const int MeasurementSize = 48;

    /// <summary>Length of report data in bytes.</summary>
    public const int ReportDataSize = 64;

    internal EnclaveClaims()
    {
    }

    /// <summary>The evidence format.</summary>
    public required string Kind { get; init; }

    /// <summary>Measurement of the program, 48 bytes.</summary>
    public required ReadOnlyMemory<byte> Measurement { get; init; }

    /// <summary>Security version.</summary>
    public required ushort Svn { get; init; }

    /// <summary>True for a debug enclave.</summary>
    public required bool Debug { get; init; }

    /// <summary>What the program bound, 64 bytes.</summary>
    public required ReadOnlyMemory<byte> ReportData { get; init; }

    /// <summary>Unix milliseconds at which the evidence was made, by the root's clock.</summary>
    public required ulong IssuedAt { get; init; }

    /// <summary>SHA-256 of the root's public key: two kinds under one root are one root.</summary>
    public required ReadOnlyMemory<byte> RootId { get; init; }

    /// <summary>What this format cannot prove, in words for people.</summary>
    public required IReadOnlyList<string> NotChecked { get; init; }
}
