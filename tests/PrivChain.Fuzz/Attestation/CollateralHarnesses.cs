using PrivChain.Attestation.Certificates;
using PrivChain.Attestation.Collateral;
using PrivChain.Attestation.Collateral.Files;
using PrivChain.Attestation.Dice;
using PrivChain.Attestation.Intel;
using PrivChain.Attestation.OpenEnclave;
using PrivChain.Attestation.Roots;
using PrivChain.Attestation.Signatures;
using PrivChain.Attestation.Tpm;

namespace PrivChain.Fuzz.Attestation;

/// <summary>What vendors publish: certificates, requests, revocation lists, signed JSON, and the extensions inside.</summary>
internal static class CollateralHarnesses
{
    public static IReadOnlyList<Harness> All { get; } =
    [
        new Harness("certificate", Certificate),
        new Harness("certificate-list", bytes => CertificateList.TryParse(bytes, out _)),
        new Harness("certification-request", bytes => CertificationRequest.TryParse(bytes, out _)),
        new Harness("revocation-list", bytes => RevocationLists.TryParse(bytes, out _)),
        new Harness("pem", bytes => PemText.TryReadCertificates(bytes, out _)),
        new Harness("public-key", bytes => PublicKey.TryParse(bytes, out _), () => VendorRoots.All.Select(root => root.Certificate!.Key.SubjectPublicKeyInfo.ToArray())),
        new Harness("tcb-info", bytes => PrivChain.Attestation.Intel.TcbInfo.TryParse(bytes, out _, out _)),
        new Harness("qe-identity", bytes => QeIdentity.TryParse(bytes, out _, out _)),
        new Harness("pck-certificates", bytes => PckCertificates.TryParse(bytes, out _)),
        new Harness("oe-endorsements", bytes => Endorsements.TryParse(bytes, out _, out _)),
        new Harness("collateral-bundle", bytes => CollateralBundle.TryParse(bytes, out _, out _), () => [CollateralBundle.ToJson(new CollateralSet([new(CollateralName.Crls, new byte[] { 1, 2 })]))]),
    ];

    // Every reader of extensions sees every certificate.
    private static bool Certificate(byte[] bytes)
    {
        _ = TpmCertificate.TryRead(bytes, out _);
        return PrivChain.Attestation.Certificates.Certificate.TryParseAny(bytes, out var certificate)
            && (DiceLayer.TryRead(certificate, out _) || PckExtension.TryParse(certificate.Der, out _) || certificate.Subject.ToString().Length >= 0);
    }
}
