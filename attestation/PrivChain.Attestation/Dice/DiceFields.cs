using System.Security.Cryptography;
using System.Text.Json.Nodes;
using PrivChain.Attestation.Certificates;
using PrivChain.Attestation.Evidence;

namespace PrivChain.Attestation.Dice;

/// <summary>The decoded fields of a DICE chain, leaf first.</summary>
internal static class DiceFields
{
    public static IEnumerable<EvidenceField> Of(IReadOnlyList<DiceLayer> layers)
    {
        var leaf = layers[0].Certificate;
        yield return new("chain_length", layers.Count, "certificates that came along");
        yield return new("chain_subjects", Array(layers.Select(layer => layer.Certificate.Subject.ToLastFirst())), "their names, last part first");
        yield return EvidenceField.Time("not_before", leaf.NotBefore, "the leaf's beginning");
        yield return EvidenceField.Time("not_after", leaf.NotAfter, "the leaf's end");
        yield return EvidenceField.Hex("leaf_public_key_sha256", leaf.Key.Fingerprint.Span, "SHA-256 of the leaf's SubjectPublicKeyInfo");
        if (leaf.Subject.ValueOf("2.5.4.5") is { Length: > 0 } serial)
        {
            yield return new("subject_serial_number", serial, "serial number in the leaf's name");
        }

        if (leaf.PathLength is { } length)
        {
            yield return new("path_length", length, "authorities that may stand below the leaf");
        }

        if (layers[0].Purposes.Count > 0)
        {
            yield return new("extended_key_usage", Array(layers[0].Purposes), "purposes of the leaf's key");
        }

        if (layers.SelectMany(layer => layer.Infos).Any())
        {
            yield return new("tcb_infos", new JsonArray([.. layers.SelectMany(layer => layer.Infos.Select(info => Of(info, layer.InfosAreCritical)))]), "DiceTcbInfo of each layer");
        }

        if (layers.Select(layer => layer.Ueid).FirstOrDefault(ueid => ueid is not null) is { } ueid)
        {
            yield return EvidenceField.Hex("ueid", ueid.Span, "unique identifier of the device");
        }

        if (layers.Select(layer => layer.Composite).FirstOrDefault(composite => composite is not null) is { } composite)
        {
            yield return new("fwid", Of(composite.FirmwareId), "digest of the firmware");
            yield return EvidenceField.Hex("device_id_sha256", SHA256.HashData(composite.DeviceKey.Span), "SHA-256 of the DeviceID key");
        }

        if (layers.Any(layer => layer.OpenDice is not null))
        {
            yield return new("open_dice_inputs", new JsonArray([.. layers.Select(layer => layer.OpenDice).OfType<OpenDiceInput>().Select(Of)]), "inputs of each layer in the Open Profile for DICE");
        }

        if (layers.SelectMany(layer => layer.Unread).Distinct(StringComparer.Ordinal).ToList() is { Count: > 0 } unread)
        {
            yield return new("unread_extensions", Array(unread), "DICE extensions that are not read here");
        }
    }

    private static JsonObject Of(TcbInfo info, bool critical)
    {
        var json = new JsonObject();
        Add("vendor", info.Vendor);
        Add("model", info.Model);
        Add("version", info.Version);
        Add("svn", Number(info.Svn));
        Add("layer", Number(info.Layer));
        Add("index", Number(info.Index));
        Add("fwids", info.FirmwareIds.Count == 0 ? null : List(info.FirmwareIds));
        Add("flags", info.Flags is { } flags ? Array(flags.Names) : null);
        Add("flags_raw", Hex(info.Flags?.Raw));
        Add("vendor_info", Hex(info.VendorInfo));
        Add("type", info.Type is { } type ? TextOrHex(type.Span) : null);
        Add("flags_mask", info.FlagsMask is { } mask ? Array(mask.Names) : null);
        Add("flags_mask_raw", Hex(info.FlagsMask?.Raw));
        Add("integrity_registers", info.Registers.Count == 0 ? null : new JsonArray([.. info.Registers.Select(Of)]));
        Add("critical", critical ? JsonValue.Create(true) : null);
        return json;

        void Add(string name, JsonNode? value)
        {
            if (value is not null)
            {
                json.Add(name, value);
            }
        }
    }

    private static JsonObject Of(IntegrityRegister register) => new() { ["name"] = register.Name, ["number"] = Number(register.Number), ["digests"] = List(register.Digests) };

    private static JsonObject Of(OpenDiceInput input) => new()
    {
        ["code_hash"] = Hex(input.CodeHash),
        ["code_descriptor"] = Hex(input.CodeDescriptor),
        ["configuration_hash"] = Hex(input.ConfigurationHash),
        ["configuration_descriptor"] = Hex(input.ConfigurationDescriptor),
        ["authority_hash"] = Hex(input.AuthorityHash),
        ["authority_descriptor"] = Hex(input.AuthorityDescriptor),
        ["mode"] = input.Mode.ToString(),
        ["profile_name"] = input.ProfileName,
    };

    private static JsonObject Of(FirmwareId id) => new() { ["alg"] = id.Algorithm, ["digest"] = Convert.ToHexStringLower(id.Digest.Span) };

    private static JsonArray List(IEnumerable<FirmwareId> ids) => new([.. ids.Select(Of)]);

    private static JsonArray Array(IEnumerable<string> texts) => new([.. texts.Select(text => JsonValue.Create(text))]);

    private static JsonValue? Number(ulong? number) => number is { } value ? JsonValue.Create(value) : null;

    private static string? Hex(ReadOnlyMemory<byte>? bytes) => bytes is { } value ? Convert.ToHexStringLower(value.Span) : null;

    // Types are free bytes; vendors write words.
    private static string TextOrHex(ReadOnlySpan<byte> bytes) =>
        bytes.Length > 0 && !bytes.ContainsAnyExceptInRange((byte)' ', (byte)'~') ? System.Text.Encoding.ASCII.GetString(bytes) : Convert.ToHexStringLower(bytes);
}
