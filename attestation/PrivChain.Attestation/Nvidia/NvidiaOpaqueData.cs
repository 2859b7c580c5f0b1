using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using PrivChain.Attestation.Bytes;

namespace PrivChain.Attestation.Nvidia;

/// <summary>NVIDIA's opaque data in a MEASUREMENTS response: type (2), size (2), value, each type once. Signed like the rest of the response.</summary>
internal sealed class NvidiaOpaqueData
{
    private const ushort MeasurementCounts = 12;
    private const ushort FirmwareIdType = 20;

    private static readonly Dictionary<ushort, string> _names = new()
    {
        [1] = "cert_issuer_name", [2] = "cert_authority_key_identifier", [3] = "driver_version", [4] = "gpu_info", [5] = "sku", [6] = "vbios_version", [7] = "manufacturer_id",
        [8] = "tamper_detection", [9] = "smc", [10] = "vpr", [11] = "nvdec0_status", [MeasurementCounts] = "measurement_count", [13] = "cpr_info", [14] = "board_id", [15] = "chip_sku",
        [16] = "chip_sku_mod", [17] = "project", [18] = "project_sku", [19] = "project_sku_mod", [FirmwareIdType] = "fwid", [21] = "protected_pcie_status", [22] = "switch_pdi",
        [23] = "floorswept_ports", [24] = "position_id", [25] = "lock_switch_status", [32] = "gpu_link_conn", [33] = "sys_enable_status", [34] = "opaque_data_version", [35] = "chip_info",
        [36] = "feature_flag",
    };

    // Values that are words, ended by zeros.
    private static readonly HashSet<ushort> _texts = [3, 15, 16, 17, 18, 19, 35];

    private readonly SortedDictionary<ushort, byte[]> _values = [];

    /// <summary>Digest of the firmware that the device says it runs, or none.</summary>
    public ReadOnlyMemory<byte> FirmwareId => _values.GetValueOrDefault(FirmwareIdType);

    public static bool TryParse(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out NvidiaOpaqueData? opaque)
    {
        opaque = null;
        var read = new NvidiaOpaqueData();
        var reader = new ByteReader(bytes);
        while (reader.Remaining > 0)
        {
            var type = reader.UInt16LittleEndian();
            if (!read._values.TryAdd(type, reader.Take(reader.UInt16LittleEndian()).ToArray()))
            {
                return false;
            }
        }

        if (!reader.Complete || read._values.GetValueOrDefault(MeasurementCounts) is { } counts && counts.Length % 4 != 0)
        {
            return false;
        }

        opaque = read;
        return true;
    }

    /// <summary>Every value by name but the counts: words as text, others (words that are empty, too) as hex.</summary>
    public JsonObject ToJson()
    {
        var json = new JsonObject();
        foreach (var (type, value) in _values)
        {
            if (type != MeasurementCounts)
            {
                json.Add(_names.GetValueOrDefault(type, $"type_{type}"), TextOf(type, value) ?? Convert.ToHexStringLower(value));
            }
        }

        return json;
    }

    /// <summary>How often something was measured into each index, from index 1; indexes without are left out.</summary>
    public JsonObject CountsToJson()
    {
        var json = new JsonObject();
        var counts = _values.GetValueOrDefault(MeasurementCounts).AsSpan();
        for (var i = 0; i < counts.Length / 4; i++)
        {
            if (BinaryPrimitives.ReadUInt32LittleEndian(counts[(i * 4)..]) is > 0 and var count)
            {
                json.Add((i + 1).ToString(CultureInfo.InvariantCulture), count);
            }
        }

        return json;
    }

    private static string? TextOf(ushort type, ReadOnlySpan<byte> value)
    {
        var text = value.TrimEnd((byte)0);
        return _texts.Contains(type) && text.Length > 0 && !text.ContainsAnyExceptInRange((byte)' ', (byte)'~') ? Encoding.ASCII.GetString(text) : null;
    }
}
