namespace PrivChain.Attestation.Intel;

/// <summary>A view of a TD report body: 584 bytes for TDX 1.0, 648 for TDX 1.5 (TDX DCAP Quoting Library API, A.3.2 and A.3.3).</summary>
internal sealed class TdReport(ReadOnlyMemory<byte> bytes)
{
    public const int Size10 = 584;
    public const int Size15 = 648;
    public const int DigestSize = 48;
    public const int RtmrCount = 4;

    private const int TeeTcbSvnOffset = 0;
    private const int MrSeamOffset = 16;
    private const int MrSignerSeamOffset = 64;
    private const int SeamAttributesOffset = 112;
    private const int TdAttributesOffset = 120;
    private const int XfamOffset = 128;
    private const int MrTdOffset = 136;
    private const int MrConfigIdOffset = 184;
    private const int MrOwnerOffset = 232;
    private const int MrOwnerConfigOffset = 280;
    private const int RtmrOffset = 328;
    private const int ReportDataOffset = 520;
    private const int TeeTcbSvn2Offset = 584;
    private const int MrServiceTdOffset = 600;

    /// <summary>True for the longer body of TDX 1.5.</summary>
    public bool Is15 => bytes.Length == Size15;

    /// <summary>16 security versions at the TD's launch: 0 is the module's, 1 the module's major version, 2 the microcode's.</summary>
    public ReadOnlyMemory<byte> TeeTcbSvn => bytes.Slice(TeeTcbSvnOffset, 16);

    public ReadOnlyMemory<byte> MrSeam => Digest(MrSeamOffset);

    public ReadOnlyMemory<byte> MrSignerSeam => Digest(MrSignerSeamOffset);

    public ReadOnlyMemory<byte> SeamAttributes => bytes.Slice(SeamAttributesOffset, 8);

    public ReadOnlyMemory<byte> TdAttributes => bytes.Slice(TdAttributesOffset, 8);

    public ReadOnlyMemory<byte> Xfam => bytes.Slice(XfamOffset, 8);

    public ReadOnlyMemory<byte> MrTd => Digest(MrTdOffset);

    public ReadOnlyMemory<byte> MrConfigId => Digest(MrConfigIdOffset);

    public ReadOnlyMemory<byte> MrOwner => Digest(MrOwnerOffset);

    public ReadOnlyMemory<byte> MrOwnerConfig => Digest(MrOwnerConfigOffset);

    public ReadOnlyMemory<byte> ReportData => bytes.Slice(ReportDataOffset, 64);

    /// <summary>The security versions now, on TDX 1.5: a module can be updated under a running TD. (A bare <c>null</c> in its place would be empty memory, and not none.)</summary>
    public ReadOnlyMemory<byte>? TeeTcbSvn2 => Is15 ? bytes.Slice(TeeTcbSvn2Offset, 16) : default(ReadOnlyMemory<byte>?);

    /// <summary>Digest of the service TDs that are bound, on TDX 1.5; zeros for none.</summary>
    public ReadOnlyMemory<byte>? MrServiceTd => Is15 ? Digest(MrServiceTdOffset) : default(ReadOnlyMemory<byte>?);

    /// <summary>A run-time register, 0 to 3.</summary>
    public ReadOnlyMemory<byte> Rtmr(int number) => Digest(RtmrOffset + (number * DigestSize));

    private ReadOnlyMemory<byte> Digest(int offset) => bytes.Slice(offset, DigestSize);
}
