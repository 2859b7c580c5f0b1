using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using PrivChain.Attestation.EventLogs;

namespace PrivChain.Attestation.Tpm;

/// <summary>
/// Register values that come along with a quote, which has only their digest: strict JSON <c>{"alg": "sha256", "pcrs": {"0": "hex", …}}</c>, or an array of such objects for several banks. Nothing here is true before
/// the digest fits.
/// </summary>
internal sealed class PcrValues
{
    public const int MaxSize = 64 * 1024;

    private const int MaxBanks = 4;
    private const int MaxRegister = 31;
    private const int DepthLimit = 4;

    private readonly SortedDictionary<(ushort Hash, int Register), ReadOnlyMemory<byte>> _values = [];

    private PcrValues()
    {
    }

    /// <summary>Every value, banks and registers ascending.</summary>
    public IEnumerable<(ushort Hash, int Register, ReadOnlyMemory<byte> Value)> All => _values.Select(item => (item.Key.Hash, item.Key.Register, item.Value));

    public ReadOnlyMemory<byte>? this[ushort hash, int register] => _values.TryGetValue((hash, register), out var value) ? value : default(ReadOnlyMemory<byte>?);

    /// <summary>True when these are the registers of the selection, no more and no fewer: a value that was not quoted would look quoted.</summary>
    public bool AreThoseOf(IReadOnlyList<PcrSelection> selections) =>
        selections.Sum(selection => selection.Registers.Count) == _values.Count
        && selections.All(selection => selection.Registers.All(register => _values.ContainsKey((selection.Hash, register))));

    /// <summary>The values in the order of the selection: what a quote's digest is over (part 1, section 17.6.2).</summary>
    public byte[] Concatenate(IReadOnlyList<PcrSelection> selections) =>
        [.. selections.SelectMany(selection => selection.Registers.SelectMany(register => _values[(selection.Hash, register)].ToArray()))];

    public static bool TryParse(ReadOnlyMemory<byte> text, [NotNullWhen(true)] out PcrValues? values)
    {
        values = null;
        if (text.Length is 0 or > MaxSize)
        {
            return false;
        }

        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = DepthLimit });
            var root = document.RootElement;
            var parsed = new PcrValues();
            if (root.ValueKind == JsonValueKind.Array
                ? root.GetArrayLength() is < 1 or > MaxBanks || !root.EnumerateArray().All(parsed.TryReadBank)
                : !parsed.TryReadBank(root))
            {
                return false;
            }

            values = parsed;
            return true;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // Not JSON, a property twice, or a text that is not UTF-8.
            return false;
        }
    }

    private bool TryReadBank(JsonElement bank)
    {
        if (bank.ValueKind != JsonValueKind.Object || bank.GetPropertyCount() != 2 || !bank.TryGetProperty("alg", out var name) || name.ValueKind != JsonValueKind.String
            || !bank.TryGetProperty("pcrs", out var registers) || registers.ValueKind != JsonValueKind.Object || TpmAlgorithm.HashOf(name.GetString()!) is not { } hash)
        {
            return false;
        }

        foreach (var item in registers.EnumerateObject())
        {
            if (!int.TryParse(item.Name, NumberStyles.None, CultureInfo.InvariantCulture, out var register) || register > MaxRegister
                || item.Name != register.ToString(CultureInfo.InvariantCulture) || item.Value.ValueKind != JsonValueKind.String)
            {
                return false;
            }

            var value = new byte[EventLogHash.SizeOf(hash)!.Value];
            if (Convert.FromHexString(item.Value.GetString()!, value, out var read, out var written) != System.Buffers.OperationStatus.Done
                || written != value.Length || read != 2 * value.Length || !_values.TryAdd((hash, register), value))
            {
                return false;
            }
        }

        return true;
    }
}
