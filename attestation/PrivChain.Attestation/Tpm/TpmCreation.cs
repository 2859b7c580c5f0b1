using PrivChain.Attestation.EventLogs;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Signatures;

namespace PrivChain.Attestation.Tpm;

/// <summary>
/// How the attestation key came into being (TPM 2.0 part 3, section 18.3, TPM2_CertifyCreation, by the key itself): the structure, its signature, and the creation data that it vouches for. It ties the public area to a key
/// that a TPM made under a parent that it names; whose TPM that is, a credential activation or a certificate says.
/// </summary>
/// <param name="Attest">The structure.</param>
/// <param name="Signature">Its signature.</param>
/// <param name="Data">The creation data.</param>
internal sealed record TpmCreation(TpmAttest Attest, TpmSignature Signature, TpmCreationData Data)
{
    private static readonly string[] _parts = [TpmPart.Creation, TpmPart.CreationData, TpmPart.CreationSignature];

    /// <summary>Reads the parts; null where none of them came along.</summary>
    public static AttestationFault? Parse(EvidenceParts parts, PublicKey key, TpmPublic? area, out TpmCreation? creation)
    {
        creation = null;
        if (!_parts.Any(part => parts.TryGet(part, out _)))
        {
            return null;
        }

        if (!parts.TryGet(TpmPart.Creation, out var bytes) || !parts.TryGet(TpmPart.CreationSignature, out var signatureBytes) || !parts.TryGet(TpmPart.CreationData, out var dataBytes))
        {
            return Fault(AttestationRefusal.MissingEvidence, TpmPart.Creation, string.Join(", ", _parts), "not all of them");
        }

        if (area is null)
        {
            return Fault(AttestationRefusal.MissingEvidence, TpmPart.AkPublic, "the public area of the key whose creation is attested", "no public area");
        }

        if (!TpmAttest.TryParse(bytes, out var attest))
        {
            return Fault(AttestationRefusal.Malformed, TpmPart.Creation, "TPMS_ATTEST", $"{bytes.Length} bytes of another form");
        }

        if (attest.Type != TpmAttest.CreationType)
        {
            return Fault(AttestationRefusal.WrongAttestType, $"{TpmPart.Creation}.type", "creation", attest.TypeName);
        }

        if (!TpmSignature.TryParse(signatureBytes, key, out var signature))
        {
            return Fault(AttestationRefusal.Malformed, TpmPart.CreationSignature, $"TPMT_SIGNATURE or a bare signature by {key.Name}", $"{signatureBytes.Length} bytes of another form");
        }

        if (!TpmCreationData.TryParse(dataBytes, out var data))
        {
            return Fault(AttestationRefusal.Malformed, TpmPart.CreationData, "TPMS_CREATION_DATA", $"{dataBytes.Length} bytes of another form");
        }

        creation = new TpmCreation(attest, signature, data);
        return null;

        static AttestationFault Fault(AttestationRefusal reason, string field, string wanted, string given) => AttestationFault.Parse(field, wanted, given, reason);
    }

    /// <summary>Signature by the key in its own scheme; the key's name; the hash of the creation data; and that a key made so has the name with which it signed the evidence.</summary>
    public AttestationFault? FirstFault(TpmSignedAttest signed)
    {
        var area = signed.Public!;
        if (Signature.Scheme is { } given && given != signed.Scheme)
        {
            return Fault(AttestationRefusal.AlgorithmNotAllowed, $"{TpmPart.CreationSignature}.scheme", signed.Scheme.ToString(), given.ToString());
        }

        if (!Signature.Verifies(signed.Key, signed.Scheme, Attest.Signed.Span))
        {
            return Fault(AttestationRefusal.BadSignature, TpmPart.CreationSignature, $"a signature by the attestation key ({signed.Key.Name})", "another");
        }

        if (!Attest.CertifiedName.Span.SequenceEqual(area.Name.Span))
        {
            return Mismatch("creation.objectName", area.Name.Span, Attest.CertifiedName.Span);
        }

        var digest = Hashes.Of(EventLogHash.NameOf(area.NameHash)!.Value, Data.Bytes.Span);
        if (!digest.AsSpan().SequenceEqual(Attest.CreationHash.Span))
        {
            return Mismatch("creation.creationHash", Attest.CreationHash.Span, digest);
        }

        var qualified = Data.QualifiedNameOf(area.Name.Span);
        return qualified is null || !qualified.AsSpan().SequenceEqual(signed.Attest.QualifiedSigner.Span) ? Mismatch("qualifiedSigner", qualified, signed.Attest.QualifiedSigner.Span)
            : !qualified.AsSpan().SequenceEqual(Attest.QualifiedSigner.Span) ? Mismatch("creation.qualifiedSigner", qualified, Attest.QualifiedSigner.Span)
            : null;
    }

    public IReadOnlyList<EvidenceField> Fields() =>
    [
        EvidenceField.Hex("creation_name", Attest.CertifiedName.Span, "name of the key whose creation is attested"),
        EvidenceField.Hex("creation_hash", Attest.CreationHash.Span, "digest of the creation data"),
        EvidenceField.Hex("creation_nonce", Attest.ExtraData.Span, "the asker's nonce for the creation"),
        EvidenceField.Hex("creation_parent_name", Data.ParentName.Span, "name of the key's parent"),
        EvidenceField.Hex("creation_parent_qualified_name", Data.ParentQualifiedName.Span, "the same with its parents"),
        EvidenceField.Hex("creation_pcr_digest", Data.PcrDigest.Span, "registers when the key was made"),
        new("creation_locality", Data.Locality, "locality that made it"),
        EvidenceField.Hex("creation_outside_info", Data.OutsideInfo.Span, "what its maker put in"),
    ];

    private static AttestationFault Mismatch(string field, ReadOnlySpan<byte> wanted, ReadOnlySpan<byte> given) =>
        Fault(AttestationRefusal.BindingMismatch, field, Convert.ToHexStringLower(wanted), Convert.ToHexStringLower(given));

    private static AttestationFault Fault(AttestationRefusal reason, string field, string wanted, string given) => AttestationFault.Authenticate(reason, field, wanted, given);
}
