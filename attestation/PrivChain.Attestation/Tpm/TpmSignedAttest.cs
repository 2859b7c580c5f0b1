using PrivChain.Attestation.Certificates;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Signatures;

namespace PrivChain.Attestation.Tpm;

/// <summary>An attestation structure with its signature and the key that is said to have made it.</summary>
/// <param name="Attest">The structure.</param>
/// <param name="Signature">The signature.</param>
/// <param name="Key">The key.</param>
/// <param name="Public">Its public area, when it came in that form.</param>
/// <param name="Certificate">Its certificate, when one came along.</param>
/// <param name="Creation">How it came into being, when that came along.</param>
internal sealed record TpmSignedAttest(TpmAttest Attest, TpmSignature Signature, PublicKey Key, TpmPublic? Public, TpmCertificate? Certificate, TpmCreation? Creation)
{
    private const string PemLabel = "PUBLIC KEY";

    /// <summary>The key's own scheme; the signature's where the key has none or came without its public area.</summary>
    public TpmScheme Scheme => Public?.Scheme ?? Signature.Scheme ?? TpmScheme.RsaDefault;

    /// <summary>Reads the parts.</summary>
    /// <param name="parts">All parts.</param>
    /// <param name="attestPart">Which one holds the structure.</param>
    /// <param name="type">The type that it must have.</param>
    /// <param name="key">The key when something else in the evidence names it; otherwise it is in the parts.</param>
    public static AttestationVerdict<TpmSignedAttest> Parse(EvidenceParts parts, string attestPart, ushort type, PublicKey? key = null)
    {
        if (!parts.TryGet(attestPart, out var bytes) || !parts.TryGet(TpmPart.Signature, out var signatureBytes))
        {
            return Refuse(AttestationRefusal.MissingEvidence, TpmPart.Signature, $"{attestPart} and {TpmPart.Signature}", "not both");
        }

        if (!TpmAttest.TryParse(bytes, out var attest))
        {
            return Refuse(AttestationRefusal.Malformed, attestPart, "TPMS_ATTEST", $"{bytes.Length} bytes of another form");
        }

        if (attest.Type != type)
        {
            return Refuse(AttestationRefusal.WrongAttestType, "type", type == TpmAttest.QuoteType ? "quote" : "certify", attest.TypeName);
        }

        // A key that is named elsewhere is that one, whatever comes along.
        TpmPublic? area = null;
        if (key is null && parts.TryGet(TpmPart.AkPublic, out var publicBytes) && !TryReadKey(publicBytes, ref key, out area))
        {
            return Refuse(AttestationRefusal.Malformed, TpmPart.AkPublic, "TPMT_PUBLIC, TPM2B_PUBLIC or a PEM public key", $"{publicBytes.Length} bytes of another form");
        }

        TpmCertificate? certificate = null;
        if (parts.TryGet(TpmPart.AkCertificate, out var certificateBytes) && !TpmCertificate.TryRead(certificateBytes, out certificate))
        {
            return Refuse(AttestationRefusal.Malformed, TpmPart.AkCertificate, "a certificate", $"{certificateBytes.Length} bytes of another form");
        }

        if ((key ?? certificate?.Certificate.Key) is not { } known)
        {
            return Refuse(AttestationRefusal.MissingEvidence, TpmPart.AkPublic, $"{TpmPart.AkPublic} or {TpmPart.AkCertificate}", "neither");
        }

        if (TpmCreation.Parse(parts, known, area, out var creation) is { } unread)
        {
            return new AttestationVerdict<TpmSignedAttest>(unread);
        }

        return TpmSignature.TryParse(signatureBytes, known, out var signature)
            ? new AttestationVerdict<TpmSignedAttest>(new TpmSignedAttest(attest, signature, known, area, certificate, creation))
            : Refuse(AttestationRefusal.Malformed, TpmPart.Signature, $"TPMT_SIGNATURE or a bare signature by {known.Name}", $"{signatureBytes.Length} bytes of another form");
    }

    /// <summary>Signature by the key, scheme and hash pinned to it, and the key restricted to what a TPM makes. Whether the key is trusted is asked elsewhere.</summary>
    public AttestationFault? FirstFault()
    {
        // A scheme in the signature is unsigned: the key's own decides.
        if (Signature.Scheme is { } given && given != Scheme)
        {
            return Fault(AttestationRefusal.AlgorithmNotAllowed, "signature.scheme", Scheme.ToString(), given.ToString());
        }

        if (Scheme.ToSignatureAlgorithm() == SignatureAlgorithm.Unknown)
        {
            return Fault(AttestationRefusal.AlgorithmNotAllowed, "signature.scheme", "RSASSA, RSAPSS or ECDSA with SHA-256, SHA-384 or SHA-512", Scheme.ToString());
        }

        if (!Signature.Verifies(Key, Scheme, Attest.Signed.Span))
        {
            return Fault(AttestationRefusal.BadSignature, "signature", $"a signature by the attestation key ({Key.Name})", "another");
        }

        if (Public is { Attributes.IsAttestationKey: false })
        {
            return Fault(AttestationRefusal.InvalidChain, "akPublic.attributes", "fixedTPM, fixedParent, sensitiveDataOrigin, restricted, sign and not decrypt", Public.Attributes.ToString());
        }

        if (Creation?.FirstFault(this) is { } creation)
        {
            return creation;
        }

        return Certificate is not null && !Certificate.Certificate.Key.Fingerprint.Span.SequenceEqual(Key.Fingerprint.Span)
            ? Fault(AttestationRefusal.BindingMismatch, "akCertificate.key", Convert.ToHexStringLower(Key.Fingerprint.Span), Convert.ToHexStringLower(Certificate.Certificate.Key.Fingerprint.Span))
            : null;
    }

    /// <summary>The structure's header, the key and its certificate, decoded.</summary>
    public IReadOnlyList<EvidenceField> Fields()
    {
        var fields = new List<EvidenceField>
        {
            new("attest_type", Attest.TypeName, "what the structure is"),
            new("magic", $"0x{TpmAttest.Magic:x8}", "made by a TPM: a restricted key signs no outside data that begins so"),
            EvidenceField.Hex("qualified_signer", Attest.QualifiedSigner.Span, "name of the key with its parents"),
            EvidenceField.Hex("extra_data", Attest.ExtraData.Span, "the asker's nonce"),
            new("clock", Attest.Clock, "milliseconds that the TPM was powered"),
            new("reset_count", Attest.ResetCount, "times it was reset"),
            new("restart_count", Attest.RestartCount, "times it was resumed since"),
            new("safe_flag", Attest.IsSafe, "whether the clock never went back"),
            new("firmware_version", $"0x{Attest.FirmwareVersion:x16}", "the TPM's own firmware"),
            new("ak_scheme", Scheme.ToString(), "how the key signs"),
            EvidenceField.Hex("ak_fingerprint", Key.Fingerprint.Span, "SHA-256 of the attestation key, as a root set names it"),
        };
        if (Public is not null)
        {
            fields.Add(EvidenceField.Hex("ak_name", Public.Name.Span, "the key's name"));
            fields.Add(new("ak_attributes", Public.Attributes.ToString(), "what the TPM lets the key do"));
            fields.Add(new("ak_restricted", Public.Attributes.IsRestricted, "whether it signs only what the TPM made"));
        }

        if (Creation is not null)
        {
            fields.AddRange(Creation.Fields());
        }

        if (Certificate is not null)
        {
            fields.AddRange(Certificate.Fields("ak_certificate_"));
        }

        return fields;
    }

    private static bool TryReadKey(ReadOnlyMemory<byte> bytes, ref PublicKey? key, out TpmPublic? area)
    {
        area = null;
        if (PemText.TryReadBlocks(bytes.Span, PemLabel, out var blocks))
        {
            return blocks is [var der] && PublicKey.TryParse(der, out key);
        }

        if (!TpmPublic.TryParse(bytes, out area))
        {
            return false;
        }

        key = area.Key;
        return true;
    }

    private static AttestationFault Fault(AttestationRefusal reason, string field, string wanted, string given) => AttestationFault.Authenticate(reason, field, wanted, given);

    private static AttestationVerdict<TpmSignedAttest> Refuse(AttestationRefusal reason, string field, string wanted, string given) => new(AttestationFault.Parse(field, wanted, given, reason));
}
