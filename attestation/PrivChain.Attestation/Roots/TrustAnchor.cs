using System.Diagnostics.CodeAnalysis;
using PrivChain.Attestation.Certificates;
using PrivChain.Attestation.Jose;
using PrivChain.Attestation.Signatures;
using PrivChain.Attestation.Tpm;

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

    /// <summary>The issuer that alone may sign with this root (<see cref="RootKind.Maa"/>), or null.</summary>
    public string? Issuer { get; private init; }

    /// <summary>The policy under which that issuer must have judged, or null for any.</summary>
    public string? PolicyHash { get; private init; }

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

    /// <summary>From a SubjectPublicKeyInfo, DER or PEM. False when it is none.</summary>
    public static bool TryFromPublicKey(string kind, ReadOnlyMemory<byte> subjectPublicKeyInfo, string name, [NotNullWhen(true)] out TrustAnchor? anchor)
    {
        var der = PemText.TryReadBlocks(subjectPublicKeyInfo.Span, "PUBLIC KEY", out var blocks) && blocks.Count == 1 ? blocks[0] : subjectPublicKeyInfo;
        anchor = PublicKey.TryParse(der, out var key) ? FromKey(kind, key, name) : null;
        return anchor is not null;
    }

    /// <summary>From a public key as JWK (RFC 7517). False when it is none, or a private one.</summary>
    public static bool TryFromJwk(string kind, ReadOnlyMemory<byte> utf8, string name, [NotNullWhen(true)] out TrustAnchor? anchor)
    {
        anchor = JsonWebKey.TryParse(utf8, out var key) && key.MayVerify ? FromKey(kind, key.Key, name) : null;
        return anchor is not null;
    }

    /// <summary>The key of a TPM's public area, TPMT_PUBLIC or TPM2B_PUBLIC as tools write it: an attestation key that the caller has bound to its machine himself. False when it is none.</summary>
    public static bool TryFromTpmPublic(ReadOnlyMemory<byte> publicArea, string name, [NotNullWhen(true)] out TrustAnchor? anchor)
    {
        anchor = TpmPublic.TryParse(publicArea, out var area) ? FromKey(RootKind.Tpm, area.Key, name) : null;
        return anchor is not null;
    }

    /// <summary>
    /// This root for one issuer only. A token service signs for many customers with the same keys, and each of them writes its own policy: a key alone says nothing about who asked for what. Tokens are accepted only under
    /// roots with an issuer.
    /// </summary>
    /// <param name="issuer">The claim <c>iss</c>, compared as it is, such as <c>https://sharedeus.eus.attest.azure.net</c>.</param>
    /// <param name="policyHash">The claim <c>x-ms-policy-hash</c> that is wanted, or null for whatever policy the issuer has.</param>
    public TrustAnchor ForIssuer(string issuer, string? policyHash = null) =>
        new(Kind, Fingerprint, Name) { Certificate = Certificate, Key = Key, Subject = Subject, Issuer = issuer, PolicyHash = policyHash };

    // The same root without its issuer, for path validation, which looks for keys alone.
    internal TrustAnchor WithoutIssuer() => new(Kind, Fingerprint, Name) { Certificate = Certificate, Key = Key, Subject = Subject };

    /// <summary>The name in a set: <see cref="RootSet.Name"/>, with the issuer after <c>@</c> and the policy hash after <c>#</c> where it has them.</summary>
    public string SetName => RootSet.Name(Kind, Fingerprint.Span) + (Issuer is null ? string.Empty : "@" + Issuer) + (PolicyHash is null ? string.Empty : "#" + PolicyHash);

    internal static TrustAnchor FromKey(string kind, PublicKey key, string name) => new(kind, key.Fingerprint, name) { Key = key };

    internal static TrustAnchor FromFingerprint(string kind, ReadOnlyMemory<byte> fingerprint) => new(kind, fingerprint, RootSet.Name(kind, fingerprint.Span));
}
