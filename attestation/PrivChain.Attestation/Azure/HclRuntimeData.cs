using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Nodes;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Signatures;

namespace PrivChain.Attestation.Azure;

/// <summary>
/// The JSON that Azure's paravisor (HCL) writes about its guest: keys of the virtual TPM as JWKs, settings of the machine, and 64 bytes that the guest put in (NV index 0x01400002). Its hash is the hardware report's
/// report data, so it is kept and hashed as received and never written anew.
/// </summary>
internal sealed class HclRuntimeData
{
    private const string AttestationKeyId = "HCLAkPub";
    private const int MaxKeys = 16;
    private const int DepthLimit = 8;
    private const int UserDataSize = 64;

    private readonly JsonObject _configuration;

    private HclRuntimeData(ReadOnlyMemory<byte> bytes, PublicKey attestationKey, ReadOnlyMemory<byte> userData, JsonObject configuration)
    {
        Bytes = bytes;
        AttestationKey = attestationKey;
        UserData = userData;
        _configuration = configuration;
    }

    /// <summary>As received.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>The virtual TPM's attestation key.</summary>
    public PublicKey AttestationKey { get; }

    /// <summary>64 bytes, or none.</summary>
    public ReadOnlyMemory<byte> UserData { get; }

    /// <summary>False when the machine boots without checking signatures; null when it does not say.</summary>
    public bool? SecureBoot => _configuration["secure-boot"] is JsonValue value && value.TryGetValue<bool>(out var on) ? on : null;

    public static bool TryParse(ReadOnlyMemory<byte> text, [NotNullWhen(true)] out HclRuntimeData? data)
    {
        data = null;
        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = DepthLimit });
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("keys", out var keys) || FindKey(keys) is not { } key)
            {
                return false;
            }

            var userData = Array.Empty<byte>();
            if (root.TryGetProperty("user-data", out var user))
            {
                userData = Convert.FromHexString(user.GetString() ?? string.Empty);
                if (userData.Length is not (0 or UserDataSize))
                {
                    return false;
                }
            }

            var configuration = root.TryGetProperty("vm-configuration", out var settings) ? JsonObject.Create(settings.Clone()) : new JsonObject();
            data = configuration is null ? null : new HclRuntimeData(text, key, userData, configuration);
            return data is not null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException or ArgumentException or KeyNotFoundException)
        {
            // Not JSON, a member twice, a member of another type, or text that is not hex.
            return false;
        }
    }

    /// <summary>Decoded, with something in front of names that the hardware's report has, too.</summary>
    public IReadOnlyList<EvidenceField> Fields(string prefix) =>
    [
        EvidenceField.Hex(prefix + "user_data", UserData.Span, "what the guest had Azure's paravisor bind"),
        EvidenceField.Hex("hcl_ak_fingerprint", AttestationKey.Fingerprint.Span, "SHA-256 of the virtual TPM's attestation key"),
        new("vm_configuration", _configuration.DeepClone(), "settings of the machine, in Azure's words"),
    ];

    // Exactly one key of that name: two would leave open which is meant.
    private static RsaKey? FindKey(JsonElement keys)
    {
        if (keys.ValueKind != JsonValueKind.Array || keys.GetArrayLength() > MaxKeys)
        {
            return null;
        }

        var named = keys.EnumerateArray().Where(key => key.GetProperty("kid").GetString() == AttestationKeyId).ToList();
        return named is [var found] && found.GetProperty("kty").GetString() == "RSA"
            ? RsaKey.FromNumbers(Base64Url.DecodeFromChars(found.GetProperty("n").GetString()), Base64Url.DecodeFromChars(found.GetProperty("e").GetString()))
            : null;
    }
}
