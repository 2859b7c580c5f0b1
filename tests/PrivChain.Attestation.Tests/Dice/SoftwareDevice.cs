using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using PrivChain.Attestation.Dice;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Roots;

namespace PrivChain.Attestation.Tests.Dice;

/// <summary>A DICE device in software, with keys of its own: root, DeviceID, layer 0 and an alias key that signs report data. What its certificates say can be changed before they are made.</summary>
internal sealed class SoftwareDevice : IDisposable
{
    private readonly List<IDisposable> _owned = [];
    private readonly ECDsa _alias;

    public SoftwareDevice(Options? options = null)
    {
        options ??= new Options();
        var root = Key();
        var device = Key();
        var layer0 = Key();
        _alias = Key(options.AliasCurve);
        Root = Issue("CN=members", root, "CN=members", root, authority: true, 3, X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign);
        Device = Issue("CN=device", device, "CN=members", root, authority: true, 2, X509KeyUsageFlags.KeyCertSign, Extension(DiceOids.Ueid, Ueid(options.DeviceUeid), critical: false));
        Layer0 = Issue(
            "CN=" + options.LayerName, layer0, "CN=device", device, authority: true, 1, X509KeyUsageFlags.KeyCertSign,
            [Extension(DiceOids.TcbInfo, options.Layer0.Encode(), critical: true), .. options.Layer0Ueid is { } ueid ? [Extension(DiceOids.Ueid, Ueid(ueid), critical: false)] : (X509Extension[])[], .. options.Layer0Extra]);
        Alias = Issue(
            "CN=alias", _alias, "CN=" + options.LayerName, layer0, authority: false, null, options.AliasUsage, [Extension(DiceOids.TcbInfo, options.Layer1.Encode(), critical: true), .. options.AliasExtra]);
        RootKey = root;
    }

    public byte[] Root { get; }

    public byte[] Device { get; }

    public byte[] Layer0 { get; }

    public byte[] Alias { get; }

    public ECDsa RootKey { get; }

    /// <summary>DER certificates, leaf first, without the root.</summary>
    public byte[] Chain => [.. Alias, .. Layer0, .. Device];

    /// <summary>The members' root.</summary>
    public RootSet Roots => TrustAnchor.TryFromCertificate(RootKind.Dice, Root, out var anchor) ? new RootSet([anchor]) : throw new InvalidOperationException("the root does not parse");

    public byte[] Sign(ReadOnlySpan<byte> reportData) => _alias.SignData(ReportDataSignature.Message(Alias, reportData), HashOf(_alias), DSASignatureFormat.IeeeP1363FixedFieldConcatenation);

    /// <summary>A signature of the alias key over any bytes.</summary>
    public byte[] SignRaw(byte[] data) => _alias.SignData(data, HashOf(_alias), DSASignatureFormat.IeeeP1363FixedFieldConcatenation);

    public EvidenceParts Evidence(byte[] reportData) => new(
        [new(EvidenceParts.Main, Chain), new(DiceBody.ReportDataPart, reportData), new(DiceBody.SignaturePart, Sign(reportData))]);

    public void Dispose()
    {
        foreach (var owned in _owned)
        {
            owned.Dispose();
        }
    }

    public static X509Extension Extension(string oid, byte[] value, bool critical) => new(oid, value, critical);

    public static X509Extension Purposes(params string[] oids)
    {
        var collection = new OidCollection();
        foreach (var oid in oids)
        {
            collection.Add(new Oid(oid));
        }

        return new X509EnhancedKeyUsageExtension(collection, critical: true);
    }

    private static byte[] Ueid(byte[] ueid)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteOctetString(ueid);
        }

        return writer.Encode();
    }

    private static HashAlgorithmName HashOf(ECDsa key) => key.KeySize == 256 ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA384;

    private ECDsa Key(ECCurve? curve = null)
    {
        var key = ECDsa.Create(curve ?? ECCurve.NamedCurves.nistP384);
        _owned.Add(key);
        return key;
    }

    private static byte[] Issue(string subject, ECDsa key, string issuer, ECDsa issuerKey, bool authority, int? pathLength, X509KeyUsageFlags usage, params X509Extension[] more)
    {
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA384);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(authority, pathLength is not null, pathLength ?? 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(usage, critical: true));
        foreach (var extension in more)
        {
            request.CertificateExtensions.Add(extension);
        }

        using var certificate = request.Create(new X500DistinguishedName(issuer), X509SignatureGenerator.CreateForECDsa(issuerKey), Options.NotBefore, Options.NotAfter, [1, .. RandomNumberGenerator.GetBytes(8)]);
        return certificate.RawData;
    }

    /// <summary>What the certificates say.</summary>
    public sealed record Options
    {
        public static readonly DateTimeOffset NotBefore = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);
        public static readonly DateTimeOffset NotAfter = new(2034, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public ECCurve AliasCurve { get; init; } = ECCurve.NamedCurves.nistP384;

        public X509KeyUsageFlags AliasUsage { get; init; } = X509KeyUsageFlags.DigitalSignature;

        public byte[] DeviceUeid { get; init; } = [1, 2, 3, 4, 5, 6, 7, 8];

        public string LayerName { get; init; } = "layer 0";

        public byte[]? Layer0Ueid { get; init; }

        public TcbInfoWriter Layer0 { get; init; } = new() { Layer = 0, Svn = 5, Digest = SHA384.HashData("loader"u8) };

        public TcbInfoWriter Layer1 { get; init; } = new() { Layer = 1, Svn = 7, Digest = SHA384.HashData("bitstream"u8) };

        public X509Extension[] Layer0Extra { get; init; } = [];

        public X509Extension[] AliasExtra { get; init; } = [];
    }
}
