using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using PrivChain.Attestation.Collateral;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Roots;
using PrivChain.Attestation.Signatures;

namespace PrivChain.Attestation.Tests.Intel;

/// <summary>
/// A quote and its collateral, made by us under a root of our own: valid and up to date as it stands, so that a test changes one thing. The platform has security version 5 everywhere and PCESVN 10; the levels are
/// 5/10 UpToDate and 3/8 OutOfDate.
/// </summary>
internal sealed class SyntheticQuote
{
    public static readonly DateTimeOffset Now = new(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);
    public static readonly DateTimeOffset Issued = Now.AddDays(-10);
    public static readonly DateTimeOffset NextUpdate = Now.AddDays(20);

    private static readonly byte[] _vendor = Convert.FromHexString("939a7233f79c4ca9940a0db3957f0607");
    private static readonly ECDsa _attestationKey = SyntheticPki.NewKey();

    public bool Tdx { get; init; }

    public ushort Version { get; init; } = 3;

    /// <summary>TD 1.5 body, in version 5.</summary>
    public bool Td15 { get; init; }

    public byte[] Components { get; init; } = [.. Enumerable.Repeat((byte)5, 16)];

    public ushort PceSvn { get; init; } = 10;

    public byte[]? PlatformInstance { get; init; }

    public ushort QeIsvSvn { get; init; } = 8;

    public ushort CertificationType { get; init; } = 5;

    public byte[] AuthData { get; init; } = [.. Enumerable.Range(0, 32).Select(value => (byte)value)];

    /// <summary>Changes the body before it is signed.</summary>
    public Action<byte[]> EditBody { get; init; } = _ => { };

    /// <summary>Changes the quoting enclave's report before it is signed.</summary>
    public Action<byte[]> EditQe { get; init; } = _ => { };

    /// <summary>Changes the document before it is signed.</summary>
    public Func<string, string> EditTcbInfo { get; init; } = text => text;

    /// <summary>Changes the document before it is signed.</summary>
    public Func<string, string> EditQeIdentity { get; init; } = text => text;

    /// <summary>Whom the PCK authority's list names.</summary>
    public Func<SyntheticPki, System.Security.Cryptography.X509Certificates.X509Certificate2[]> RevokedPck { get; init; } = _ => [];

    /// <summary>Whom the root's list names.</summary>
    public Func<SyntheticPki, System.Security.Cryptography.X509Certificates.X509Certificate2[]> RevokedCa { get; init; } = _ => [];

    /// <summary>Puts other items in the place of the valid ones; null takes one away.</summary>
    public Func<SyntheticPki, IReadOnlyDictionary<string, byte[]?>> Replace { get; init; } = _ => new Dictionary<string, byte[]?>();

    public string Kind => Tdx ? EvidenceKind.Tdx : EvidenceKind.Sgx;

    public SyntheticPki Pki => field ??= new SyntheticPki(Components, PceSvn, [0x00, 0x90, 0x6e, 0xa1, 0x00, 0x00], PlatformInstance);

    public byte[] Bytes => field ??= Build();

    public CollateralSet Collateral => field ??= BuildCollateral();

    public RootSet Roots => TrustAnchor.TryFromCertificate(RootKind.Intel, Pki.Root.RawData, out var anchor) ? new RootSet([anchor]) : throw new InvalidOperationException("the root is no certificate");

    public AuthenticationContext Context(VerifiedSignatures? verified = null) => new(Roots, Collateral, Now, verified);

    public AttestationVerdict<AuthenticEvidence> Verify() => Verify(Context());

    public AttestationVerdict<AuthenticEvidence> Verify(AuthenticationContext context)
    {
        var received = ReceivedEvidence.Parse(Kind, EvidenceParts.Of(Bytes));
        return received.Accepted ? AuthenticEvidence.Authenticate(received.Value, context) : new AttestationVerdict<AuthenticEvidence>(received.Fault);
    }

    /// <summary>The answer of the service for a document.</summary>
    public static byte[] Sign(string name, string document, ECDsa key) =>
        Encoding.UTF8.GetBytes($$"""{"{{name}}":{{document}},"signature":"{{Convert.ToHexStringLower(Signature(Encoding.UTF8.GetBytes(document), key))}}"}""");

    public string TcbInfo()
    {
        var tdxMembers = Tdx
            ? $$"""
              "tdxModule":{{Module}}},"tdxModuleIdentities":[{"id":"TDX_01",{{Module[1..]}},"tcbLevels":[{"tcb":{"isvsvn":5},"tcbDate":"2026-01-01T00:00:00Z","tcbStatus":"UpToDate"},{"tcb":{"isvsvn":3},"tcbDate":"2025-01-01T00:00:00Z","tcbStatus":"OutOfDate","advisoryIDs":["INTEL-SA-00003"]}]}],
              """
            : string.Empty;
        return EditTcbInfo($$"""
            {"id":"{{(Tdx ? "TDX" : "SGX")}}","version":3,"issueDate":"{{Text(Issued)}}","nextUpdate":"{{Text(NextUpdate)}}","fmspc":"00906EA10000","pceId":"0000","tcbType":0,"tcbEvaluationDataNumber":17,{{tdxMembers}}"tcbLevels":[{{Level(5, 10, "UpToDate", "")}},{{Level(3, 8, "OutOfDate", ""","advisoryIDs":["INTEL-SA-00001","INTEL-SA-00002"]""")}}]}
            """);
    }

    private const string Module = """{"mrsigner":"000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000","attributes":"0000000000000000","attributesMask":"FFFFFFFFFFFFFFFF" """;

    private string QeIdentity() => EditQeIdentity($$"""
        {"id":"{{(Tdx ? "TD_QE" : "QE")}}","version":2,"issueDate":"{{Text(Issued)}}","nextUpdate":"{{Text(NextUpdate)}}","tcbEvaluationDataNumber":17,"miscselect":"00000000","miscselectMask":"FFFFFFFF","attributes":"11000000000000000000000000000000","attributesMask":"FBFFFFFFFFFFFFFF0000000000000000","mrsigner":"{{Convert.ToHexString(QeSigner)}}","isvprodid":1,"tcbLevels":[{"tcb":{"isvsvn":8},"tcbDate":"2026-01-01T00:00:00Z","tcbStatus":"UpToDate"},{"tcb":{"isvsvn":6},"tcbDate":"2025-01-01T00:00:00Z","tcbStatus":"OutOfDate","advisoryIDs":["INTEL-SA-00004"]}]}
        """);

    private static byte[] QeSigner => [.. Enumerable.Repeat((byte)0x8c, 32)];

    private string Level(int svn, int pceSvn, string status, string rest)
    {
        // Components 0 and 1 of TDX belong to a module of major version 0.
        var tdx = Tdx ? $",\"tdxtcbcomponents\":[{string.Join(',', Enumerable.Range(0, 16).Select(index => $"{{\"svn\":{(index == 1 ? 0 : svn)}}}"))}]" : string.Empty;
        return $"{{\"tcb\":{{\"sgxtcbcomponents\":[{string.Join(',', Enumerable.Repeat($"{{\"svn\":{svn}}}", 16))}],\"pcesvn\":{pceSvn}{tdx}}},\"tcbDate\":\"2026-01-01T00:00:00Z\",\"tcbStatus\":\"{status}\"{rest}}}";
    }

    private byte[] Build()
    {
        byte[] header = [.. UInt16(Version), .. UInt16(2), .. UInt32(Tdx ? 0x81u : 0), .. UInt16(8), .. UInt16(10), .. _vendor, .. new byte[20]];
        var body = Tdx ? TdBody() : EnclaveReport(isvProdId: 7, isvSvn: 3, new byte[64]);
        EditBody(body);
        byte[] descriptor = Version == 5 ? [.. UInt16((ushort)(!Tdx ? 1 : Td15 ? 3 : 2)), .. UInt32((uint)body.Length)] : [];
        byte[] signed = [.. header, .. descriptor, .. body];
        var parameters = _attestationKey.ExportParameters(includePrivateParameters: false);
        byte[] key = [.. parameters.Q.X!, .. parameters.Q.Y!];
        var qe = EnclaveReport(isvProdId: 1, QeIsvSvn, [.. SHA256.HashData([.. key, .. AuthData]), .. new byte[32]]);
        qe[48] = 0x11;
        QeSigner.CopyTo(qe, 128);
        EditQe(qe);
        var certification = CertificationType == 5 ? SyntheticPki.Pem(Pki.Pck, Pki.PckCa, Pki.Root) : new byte[36];
        byte[] inner = [.. qe, .. Signature(qe, SyntheticPki.PckKey), .. UInt16((ushort)AuthData.Length), .. AuthData, .. UInt16(CertificationType), .. UInt32((uint)certification.Length), .. certification];
        byte[] data = [.. Signature(signed, _attestationKey), .. key, .. Version == 3 ? inner : [.. UInt16(6), .. UInt32((uint)inner.Length), .. inner]];
        return [.. signed, .. UInt32((uint)data.Length), .. data];
    }

    private byte[] TdBody()
    {
        var body = new byte[Td15 ? 648 : 584];
        Array.Fill(body, (byte)5, 0, 16);
        body[1] = 1;
        BinaryPrimitives.WriteUInt64LittleEndian(body.AsSpan(120), 1UL << 28);
        BinaryPrimitives.WriteUInt64LittleEndian(body.AsSpan(128), 0x602e7);
        Array.Fill(body, (byte)0xd1, 136, 48);
        Array.Fill(body, (byte)0xda, 520, 64);
        if (Td15)
        {
            Array.Fill(body, (byte)5, 584, 16);
            body[585] = 1;
        }

        return body;
    }

    private static byte[] EnclaveReport(ushort isvProdId, ushort isvSvn, byte[] reportData)
    {
        var report = new byte[384];
        Array.Fill(report, (byte)5, 0, 16);
        report[48] = 5;
        Array.Fill(report, (byte)0xe1, 64, 32);
        Array.Fill(report, (byte)0x51, 128, 32);
        BinaryPrimitives.WriteUInt16LittleEndian(report.AsSpan(256), isvProdId);
        BinaryPrimitives.WriteUInt16LittleEndian(report.AsSpan(258), isvSvn);
        reportData.CopyTo(report, 320);
        return report;
    }

    private CollateralSet BuildCollateral()
    {
        var items = new Dictionary<string, byte[]?>
        {
            [CollateralName.TcbInfo] = Sign("tcbInfo", TcbInfo(), SyntheticPki.TcbKey),
            [CollateralName.QeIdentity] = Sign("enclaveIdentity", QeIdentity(), SyntheticPki.TcbKey),
            [CollateralName.TcbSigningChain] = SyntheticPki.Pem(Pki.TcbSigning, Pki.Root),
            [CollateralName.RootCaCrl] = SyntheticPki.Crl(Pki.Root, Issued, NextUpdate, RevokedCa(Pki)),
            [CollateralName.PckCrl] = SyntheticPki.Crl(Pki.PckCa, Issued, NextUpdate, RevokedPck(Pki)),
            [CollateralName.PckCrlIssuerChain] = SyntheticPki.Pem(Pki.PckCa, Pki.Root),
        };
        foreach (var (name, bytes) in Replace(Pki))
        {
            items[name] = bytes;
        }

        return new CollateralSet(items.Where(item => item.Value is not null).Select(item => new KeyValuePair<string, ReadOnlyMemory<byte>>(item.Key, item.Value)));
    }

    private static byte[] Signature(byte[] data, ECDsa key) => key.SignData(data, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);

    private static string Text(DateTimeOffset time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static byte[] UInt16(ushort value) => BitConverter.GetBytes(value);

    private static byte[] UInt32(uint value) => BitConverter.GetBytes(value);
}
