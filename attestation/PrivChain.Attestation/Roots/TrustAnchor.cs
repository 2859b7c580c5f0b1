using System.Diagnostics.CodeAnalysis;
using PrivChain.Attestation.Certificates;
using PrivChain.Attestation.Signatures;

namespace PrivChain.Attestation.Roots;

/// <summary>
/// A root that the caller trusts for one family of evidence: a certificate, the key of a device's request, a bare key, or only a key's fingerprint (then the root's certificate must come along with evidence or collateral).
/// </summary>
public sealed class TrustAnchor
{
    private TrustAnchor(string kind, ReadOnlyMemory<byte> fingerprint, string name)
    {
        Kind = kind;
        Fingerprint = fingerprint;
        Name = name;
    }

    /// <summary>Family, one of <see cref="RootKind"/>.</summary>
    public string Kind { get; }

    /// <summary>SHA-256 of the SubjectPublicKeyInfo; for simulated roots the 33-byte compressed key.</summary>
    public ReadOnlyMemory<byte> Fingerprint { get; }

    /// <summary>What to call it.</summary>
    public string Name { get; }

    internal Certificate? Certificate { get; private init; }

    internal PublicKey? Key { get; private init; }

    internal DistinguishedName? Subject { get; private init; }

    /// <summary>From a certificate, DER or PEM. False when it is none.</summary>
    public static bool TryFromCertificate(string kind, ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out TrustAnchor? anchor)
    {
        anchor = Certificate.TryParseAny(bytes, out var certificate)
            ? new TrustAnchor(kind, certificate.Key.Fingerprint, certificate.Subject.ToString()) { Certificate = certificate, Key = certificate.Key, Subject = certificate.Subject }
            : null;
        return anchor is not null;
    }

    /// <summary>From a PKCS #10 request, DER: the caller vouches for it, its self-signature shows possession. False when it is none.</summary>
    public static bool TryFromCertificationRequest(string kind, ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out TrustAnchor? anchor)
    {
        anchor = CertificationRequest.TryParse(bytes, out var request)
            ? new TrustAnchor(kind, request.Key.Fingerprint, request.Subject.ToString()) { Key = request.Key, Subject = request.Subject }
            : null;
        return anchor is not null;
    }

    /// <summary>From a SubjectPublicKeyInfo, DER. False when it is none.</summary>
    public static bool TryFromPublicKey(string kind, ReadOnlyMemory<byte> subjectPublicKeyInfo, string name, [NotNullWhen(true)] out TrustAnchor? anchor)
    {
        anchor = PublicKey.TryParse(subjectPublicKeyInfo, out var key) ? FromKey(kind, key, name) : null;
        return anchor is not null;
    }

    internal static TrustAnchor FromKey(string kind, PublicKey key, string name) => new(kind, key.Fingerprint, name) { Key = key };

    internal static TrustAnchor FromFingerprint(string kind, ReadOnlyMemory<byte> fingerprint) => new(kind, fingerprint, RootSet.Name(kind, fingerprint.Span));
}
