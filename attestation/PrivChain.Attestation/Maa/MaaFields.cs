using System.Text.Json;
using System.Text.Json.Nodes;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Jose;

namespace PrivChain.Attestation.Maa;

/// <summary>Decoded fields of a token, by the names that native evidence has where it has them.</summary>
internal static class MaaFields
{
    private static readonly (string Claim, string Field)[] _outer =
    [
        ("iss", "iss"), ("iat", "iat"), ("nbf", "nbf"), ("exp", "exp"), ("jti", "jti"), (MaaTee.TypeClaim, "attestation_type"), ("x-ms-policy-hash", "policy_hash"), ("x-ms-ver", "x_ms_ver"), ("nonce", "nonce"),
        ("secureboot", "secureboot"), ("x-ms-azurevm-attestation-protocol-ver", "protocol_version"), ("x-ms-azurevm-vmid", "vmid"), ("x-ms-azurevm-attested-pcrs", "attested_pcrs"),
    ];

    private static readonly (string Claim, string Field)[] _tee =
    [
        ("x-ms-compliance-status", "compliance_status"),
        ("x-ms-sgx-mrenclave", "mrenclave"), ("x-ms-sgx-mrsigner", "mrsigner"), ("x-ms-sgx-report-data", "report_data"), ("x-ms-sgx-product-id", "product_id"), ("x-ms-sgx-svn", "svn"),
        ("x-ms-sgx-ehd", "enclave_held_data"), ("x-ms-sgx-collateral", "collateral"), ("x-ms-sgx-tcbidentifier", "tcb_identifier"), ("x-ms-sgx-config-id", "config_id"), ("x-ms-sgx-config-svn", "config_svn"),
        ("x-ms-sgx-isv-extended-product-id", "isv_extended_product_id"), ("x-ms-sgx-isv-family-id", "isv_family_id"),
        ("x-ms-sevsnpvm-launchmeasurement", "measurement"), ("x-ms-sevsnpvm-reportdata", "report_data"), ("x-ms-sevsnpvm-hostdata", "host_data"), ("x-ms-sevsnpvm-vmpl", "vmpl"),
        ("x-ms-sevsnpvm-bootloader-svn", "bootloader_svn"), ("x-ms-sevsnpvm-tee-svn", "tee_svn"), ("x-ms-sevsnpvm-snpfw-svn", "snpfw_svn"), ("x-ms-sevsnpvm-microcode-svn", "microcode_svn"),
        ("x-ms-sevsnpvm-idkeydigest", "idkeydigest"), ("x-ms-sevsnpvm-authorkeydigest", "authorkeydigest"), ("x-ms-sevsnpvm-familyId", "family_id"), ("x-ms-sevsnpvm-imageId", "image_id"),
        ("x-ms-sevsnpvm-reportid", "report_id"), ("x-ms-sevsnpvm-guestsvn", "guestsvn"), ("x-ms-sevsnpvm-migration-allowed", "migration_allowed"), ("x-ms-sevsnpvm-smt-allowed", "smt_allowed"),
        ("tdx_mrtd", "mrtd"), ("tdx_report_data", "report_data"), ("tdx_rtmr0", "rtmr0"), ("tdx_rtmr1", "rtmr1"), ("tdx_rtmr2", "rtmr2"), ("tdx_rtmr3", "rtmr3"), ("tdx_mrseam", "mrseam"),
        ("tdx_mrsignerseam", "mrsignerseam"), ("tdx_mrconfigid", "mrconfigid"), ("tdx_mrowner", "mrowner"), ("tdx_mrownerconfig", "mrownerconfig"), ("tdx_tee_tcb_svn", "tee_tcb_svn"),
        ("tdx_seam_attributes", "seam_attributes"), ("tdx_td_attributes", "td_attributes"), ("tdx_xfam", "xfam"), ("tdx_seamsvn", "seamsvn"), ("attester_tcb_status", "tcb_status"),
    ];

    public static IReadOnlyList<EvidenceField> Of(JsonWebSignature signature, MaaClaims claims)
    {
        var tee = claims.Tee.Level;
        var fields = new List<EvidenceField>
        {
            new("alg", signature.AlgorithmName, "signature algorithm"),
            new("kid", signature.KeyId, "key id"),
            new("jku", StrictJson.Text(signature.Header, "jku"), "where the token says its keys are; never asked"),
        };
        fields.AddRange(_outer.Where(name => claims.Token.TryGetProperty(name.Claim, out _)).Select(name => new EvidenceField(name.Field, Node(claims.Token.GetProperty(name.Claim)), name.Claim)));
        fields.AddRange(_tee.Where(name => tee.TryGetProperty(name.Claim, out _)).Select(name => new EvidenceField(name.Field, Node(tee.GetProperty(name.Claim)), name.Claim)));
        fields.Add(new EvidenceField("debug", claims.IsDebug, "hardware or guest can be debugged"));
        if (claims.IsNested)
        {
            fields.Add(new EvidenceField("inner_type", StrictJson.Text(tee, MaaTee.TypeClaim), "what isolates the guest"));
            fields.Add(new EvidenceField("runtime_key_ids", KeyIds(tee), "keys of the paravisor, bound by the hardware's report"));
            fields.Add(new EvidenceField("outer_runtime_key_ids", KeyIds(claims.Token), "keys of the guest, bound by its vTPM"));
        }

        if (StrictJson.Object(claims.Token, "x-ms-runtime") is { } runtime && runtime.TryGetProperty("client-payload", out var payload))
        {
            fields.Add(new EvidenceField("client_payload", Node(payload), "what the client sent along"));
        }

        return fields;
    }

    private static JsonArray KeyIds(JsonElement level)
    {
        var ids = new JsonArray();
        if (StrictJson.Object(level, "x-ms-runtime") is { } runtime && runtime.TryGetProperty("keys", out var keys) && keys.ValueKind == JsonValueKind.Array)
        {
            foreach (var key in keys.EnumerateArray())
            {
                ids.Add((JsonNode?)StrictJson.Text(key, "kid"));
            }
        }

        return ids;
    }

    private static JsonNode? Node(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => JsonObject.Create(value),
        JsonValueKind.Array => JsonArray.Create(value),
        _ => JsonValue.Create(value),
    };
}
