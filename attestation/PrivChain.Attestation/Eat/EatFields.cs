using System.Text.Json.Nodes;
using PrivChain.Attestation.Cbor;
using PrivChain.Attestation.Evidence;

namespace PrivChain.Attestation.Eat;

/// <summary>Decoded fields of a token, by the names of RFC 9711.</summary>
internal static class EatFields
{
    public static IReadOnlyList<EvidenceField> Of(EatToken token)
    {
        var fields = new List<EvidenceField> { new("format", FormatOf(token), "envelope") };
        fields.AddRange(Envelope(token));

        // Examples of the drafts are still about; what tells them is the type of the claims whose numbers moved.
        var isDraft = token.Claims.Get(271) is { Kind: CborKind.Text } || token.Claims.Get(273) is { Kind: CborKind.Array, Items: [{ Kind: CborKind.Bytes }, ..] };
        foreach (var claim in isDraft ? EatClaim.Draft : EatClaim.All)
        {
            if (token.Claims.Get(claim.Key) is not { } value)
            {
                continue;
            }

            fields.Add(new EvidenceField(claim.Field, CborJson.Of(value), claim.JsonName));
            fields.AddRange(Explain(claim, value));
        }

        fields.Add(new EvidenceField("claims", CborJson.Of(token.Claims), "every claim by its number or name"));
        return fields;
    }

    /// <summary>Algorithm, tags and key id of the envelope.</summary>
    public static IEnumerable<EvidenceField> Envelope(EatToken token)
    {
        if (token.Sign1 is { } sign1)
        {
            yield return new EvidenceField("cose_tag", sign1.IsTagged ? (int)Cose.CoseSign1.Tag : null, "tag in front of the message");
            yield return new EvidenceField("cose_alg", sign1.AlgorithmNumber is { } number ? CborJson.Of(CborValue.OfInteger(number)) : null, "signature algorithm");
            if (sign1.KeyId.Length > 0)
            {
                yield return EvidenceField.Hex("kid", sign1.KeyId.Span, "key id, which chooses nothing");
            }

            if (token.HasCwtTag)
            {
                yield return new EvidenceField("cwt_tag", (int)EatToken.CwtTag, "tag of a CWT");
            }
        }
        else if (token.Jws is { } jws)
        {
            yield return new EvidenceField("alg", jws.AlgorithmName, "signature algorithm");
            if (jws.KeyId is { } id)
            {
                yield return new EvidenceField("kid", id, "key id, which chooses nothing");
            }
        }
    }

    private static string FormatOf(EatToken token) => token switch
    {
        { Sign1: not null } => "COSE_Sign1 CWT",
        { Jws: not null } => "JWT",
        _ => "claims-set without signature",
    };

    private static IEnumerable<EvidenceField> Explain(EatClaim claim, CborValue value)
    {
        switch (claim.Field)
        {
            case "dbgstat":
                yield return new EvidenceField("dbgstat_name", EatJson.DebugName(value.Number), "debug status in words");
                break;
            case "oemid" when value.Kind == CborKind.Integer:
                yield return new EvidenceField("oemid_kind", "private enterprise number", "whose numbers these are");
                break;
            case "manifests" when value is { Kind: CborKind.Array, Items: [var first, ..] }:
                foreach (var field in Manifest(first.Kind == CborKind.Array && first.Items is [_, var content] ? content : first))
                {
                    yield return field;
                }

                break;
            default:
                break;
        }
    }

    // CoSWID (RFC 9393): software-name is 1, software-version 13.
    private static IEnumerable<EvidenceField> Manifest(CborValue manifest)
    {
        if (manifest.Kind != CborKind.Bytes || !CborValue.TryParse(manifest.Bytes, out var tag) || tag.Kind != CborKind.Tag)
        {
            yield break;
        }

        yield return new EvidenceField("manifest_tag", JsonValue.Create((ulong)tag.Number), "tag of the first manifest");
        yield return new EvidenceField("manifest_software_name", tag.Items[0].Get(1) is { Kind: CborKind.Text } name ? name.Text : null, "software of the first manifest");
        yield return new EvidenceField("manifest_version", tag.Items[0].Get(13) is { Kind: CborKind.Text } version ? version.Text : null, "its version");
    }
}
