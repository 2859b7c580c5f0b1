using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using PrivChain.Attestation.Amd;
using PrivChain.Attestation.Collateral;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Roots;

namespace PrivChain.Attestation.Tests.Amd;

/// <summary>An AMD of our own: root, authority and chip keys after AMD's profile, made by the platform's builders, so that one thing at a time can be wrong under signatures that are right.</summary>
internal static class SnpForge
{
    public static readonly DateTimeOffset Now = new(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);

    private const string Arc = "1.3.6.1.4.1.3704.1.";
    private const string NameBase = ",O=Advanced Micro Devices,ST=CA,L=Santa Clara,C=US,OU=Engineering";

    private static readonly Lazy<RSA> _rootKey = new(() => RSA.Create(4096));
    private static readonly Lazy<RSA> _authorityKey = new(() => RSA.Create(4096));
    private static readonly ECDsa _chipKey = ECDsa.Create(ECCurve.NamedCurves.nistP384);

    public static byte[] ChipId { get; } = [.. Enumerable.Range(1, 64).Select(number => (byte)number)];

    public static byte[] RevokedSerial { get; } = [1, 2, 3];

    public static X509Certificate2 Root(string product = "Milan") => Authority($"ARK-{product}", $"ARK-{product}", _rootKey.Value, [9]);

    public static X509Certificate2 Issuer(string product = "Milan", byte[]? serial = null) => Authority($"SEV-{product}", $"ARK-{product}", _authorityKey.Value, serial ?? [7]);

    /// <summary>A VCEK for the report of <see cref="Report"/>; <paramref name="change"/> sees its extensions by their numbers after AMD's arc.</summary>
    public static byte[] Vcek(Action<Dictionary<string, byte[]>>? change = null, string product = "Milan", byte[]? serial = null)
    {
        var extensions = new Dictionary<string, byte[]>(StringComparer.Ordinal)
        {
            ["1"] = [2, 1, 0], ["2"] = [0x16, 8, .. "Milan-B0"u8], ["3.1"] = [2, 1, 4], ["3.2"] = [2, 1, 0], ["3.3"] = [2, 1, 24], ["3.8"] = [2, 2, 0, 219], ["4"] = ChipId,
        };
        change?.Invoke(extensions);
        var request = new CertificateRequest("CN=SEV-VCEK" + NameBase, _chipKey, HashAlgorithmName.SHA384);
        foreach (var (number, value) in extensions)
        {
            request.CertificateExtensions.Add(new X509Extension(Arc + number, value, critical: false));
        }

        return request.Create(new X500DistinguishedName($"CN=SEV-{product}{NameBase}"), Generator(_authorityKey.Value), Now.AddYears(-1), Now.AddYears(6), serial ?? [0]).RawData;
    }

    /// <summary>A version 3 report of a Milan chip, signed after <paramref name="change"/>.</summary>
    public static byte[] Report(Action<byte[]>? change = null)
    {
        var report = new byte[SnpReport.Size];
        BinaryPrimitives.WriteUInt32LittleEndian(report, 3);
        BinaryPrimitives.WriteUInt32LittleEndian(report.AsSpan(0x04), 5);
        BinaryPrimitives.WriteUInt64LittleEndian(report.AsSpan(0x08), 0x20000);
        report[0x20] = 2;
        report[0x34] = 1;
        RandomNumberGenerator.Fill(report.AsSpan(0x50, 64));
        RandomNumberGenerator.Fill(report.AsSpan(0x90, 48));
        RandomNumberGenerator.Fill(report.AsSpan(0xe0, 48));
        byte[] tcb = [4, 0, 0, 0, 0, 0, 24, 219];
        foreach (var offset in new[] { 0x38, 0x180, 0x1e0, 0x1f0 })
        {
            tcb.CopyTo(report, offset);
        }

        report[0x188] = 0x19;
        report[0x189] = 1;
        report[0x18a] = 1;
        ChipId.CopyTo(report, 0x1a0);
        change?.Invoke(report);
        var signature = _chipKey.SignData(report.AsSpan(0, 0x2a0), HashAlgorithmName.SHA384);
        for (var i = 0; i < 2; i++)
        {
            var number = report.AsSpan(0x2a0 + (i * 72), 48);
            signature.AsSpan(i * 48, 48).CopyTo(number);
            number.Reverse();
        }

        return report;
    }

    public static byte[] Crl(DateTimeOffset thisUpdate, DateTimeOffset nextUpdate, RSA? signer = null, params byte[][] serials)
    {
        var builder = new CertificateRevocationListBuilder();
        foreach (var serial in serials)
        {
            builder.AddEntry(serial, thisUpdate);
        }

        return builder.Build(
            new X500DistinguishedName("CN=ARK-Milan" + NameBase), Generator(signer ?? _rootKey.Value), 1, nextUpdate, HashAlgorithmName.SHA384, X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier(new byte[20]), thisUpdate);
    }

    public static RootSet Roots() => TrustAnchor.TryFromCertificate(RootKind.Amd, Root().RawData, out var anchor) ? new RootSet([anchor]) : throw new InvalidOperationException("not a root");

    public static AttestationVerdict<AuthenticEvidence> Authenticate(byte[] report, byte[]? vcek = null, byte[]? crl = null, byte[]? ask = null)
    {
        var items = new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal) { [CollateralName.Vcek] = vcek ?? Vcek(), [CollateralName.Ask] = ask ?? Issuer().RawData };
        if (crl is not null)
        {
            items[CollateralName.AmdCrl] = crl;
        }

        var received = ReceivedEvidence.Parse(EvidenceKind.SevSnp, EvidenceParts.Of(report));
        return received.Accepted ? AuthenticEvidence.Authenticate(received.Value, new AuthenticationContext(Roots(), new CollateralSet(items), Now)) : new AttestationVerdict<AuthenticEvidence>(received.Fault);
    }

    private static X509Certificate2 Authority(string subject, string issuer, RSA key, byte[] serial)
    {
        var request = new CertificateRequest($"CN={subject}{NameBase}", key, HashAlgorithmName.SHA384, RSASignaturePadding.Pss);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        return request.Create(new X500DistinguishedName($"CN={issuer}{NameBase}"), Generator(_rootKey.Value), Now.AddYears(-2), Now.AddYears(20), serial);
    }

    private static X509SignatureGenerator Generator(RSA key) => X509SignatureGenerator.CreateForRSA(key, RSASignaturePadding.Pss);
}
