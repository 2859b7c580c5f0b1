using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace PrivChain.Attestation.Collateral.Files;

/// <summary>
/// A collateral set as one file: strict JSON <c>{"format":"privchain-collateral/1","items":{"tcb-info":"…"}}</c>, items in base64 with padding, by name in ascending order. A set has one encoding, so equal sets are
/// equal files; <see cref="CollateralSet.Digest"/> is over the items, not over this text.
/// </summary>
public static class CollateralBundle
{
    /// <summary>Largest bundle in bytes.</summary>
    public const int MaxSize = 16 * 1024 * 1024;

    private const string Format = "privchain-collateral/1";
    private const int DepthLimit = 3;

    private static readonly JsonWriterOptions _indented = new() { Indented = true, NewLine = "\n" };

    /// <summary>The bundle of a set.</summary>
    public static byte[] ToJson(CollateralSet set)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, _indented))
        {
            writer.WriteStartObject();
            writer.WriteString("format", Format);
            writer.WriteStartObject("items");
            foreach (var name in set.Names)
            {
                _ = set.TryGet(name, out var bytes);
                writer.WriteBase64String(name, bytes.Span);
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return buffer.ToArray();
    }

    /// <summary>Reads a bundle. False for anything else: other members, unknown items, base64 of another form.</summary>
    /// <param name="text">The file.</param>
    /// <param name="set">The items.</param>
    /// <param name="fault">What is wrong, for an operator.</param>
    public static bool TryParse(ReadOnlyMemory<byte> text, [NotNullWhen(true)] out CollateralSet? set, [NotNullWhen(false)] out string? fault)
    {
        set = null;
        fault = null;
        if (text.Length > MaxSize)
        {
            fault = $"{text.Length} bytes, at most {MaxSize} are read";
            return false;
        }

        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = DepthLimit });
            fault = Read(document.RootElement, out set);
        }
        catch (JsonException exception)
        {
            fault = "not strict JSON: " + exception.Message;
        }
        catch (InvalidOperationException)
        {
            // JsonDocument accepts invalid UTF-8 and fails only when a text is read.
            fault = "a text is not valid UTF-8";
        }

        return fault is null && set is not null;
    }

    private static string? Read(JsonElement root, out CollateralSet? set)
    {
        set = null;
        if (root.ValueKind != JsonValueKind.Object || root.GetPropertyCount() != 2
            || !root.TryGetProperty("format", out var format) || format.ValueKind != JsonValueKind.String || format.GetString() != Format
            || !root.TryGetProperty("items", out var members) || members.ValueKind != JsonValueKind.Object)
        {
            return $"wanted format {Format} and items, and nothing else";
        }

        var items = new List<KeyValuePair<string, ReadOnlyMemory<byte>>>();
        foreach (var member in members.EnumerateObject())
        {
            if (!CollateralName.All.Contains(member.Name, StringComparer.Ordinal))
            {
                return "items: wanted only " + string.Join(", ", CollateralName.All);
            }

            // Re-encoded and compared: bits that decoding drops would give a set several encodings.
            if (member.Value.ValueKind != JsonValueKind.String || !member.Value.TryGetBytesFromBase64(out var bytes) || bytes.Length > CollateralSet.MaxItemSize
                || Convert.ToBase64String(bytes) != member.Value.GetString())
            {
                return $"items.{member.Name}: wanted base64 of at most {CollateralSet.MaxItemSize} bytes";
            }

            items.Add(new(member.Name, bytes));
        }

        set = new CollateralSet(items);
        return null;
    }
}
