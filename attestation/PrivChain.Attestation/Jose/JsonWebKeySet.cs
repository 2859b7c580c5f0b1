using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace PrivChain.Attestation.Jose;

/// <summary>
/// A JWK set (RFC 7517 section 5). Refused as a whole: two keys of one id, since which one is meant would depend on the reader; a private or symmetric key, since such a set is no set of public keys; a key that cannot be read.
/// </summary>
internal sealed class JsonWebKeySet
{
    private const int MaxKeys = 64;

    private JsonWebKeySet(IReadOnlyList<JsonWebKey> keys) => Keys = keys;

    public IReadOnlyList<JsonWebKey> Keys { get; }

    public static bool TryParse(ReadOnlyMemory<byte> utf8, [NotNullWhen(true)] out JsonWebKeySet? set)
    {
        set = null;
        if (!StrictJson.TryReadObject(utf8, out var element) || !element.TryGetProperty("keys", out var items) || items.ValueKind != JsonValueKind.Array || items.GetArrayLength() > MaxKeys)
        {
            return false;
        }

        var keys = new List<JsonWebKey>();
        foreach (var item in items.EnumerateArray())
        {
            if (!JsonWebKey.TryRead(item, out var key) || (key.KeyId.Length > 0 && keys.Exists(other => other.KeyId == key.KeyId)))
            {
                return false;
            }

            keys.Add(key);
        }

        set = new JsonWebKeySet(keys);
        return true;
    }

    /// <summary>The key of that id, or null. There is no other way to choose one: no fallback to the only key, none to the first.</summary>
    public JsonWebKey? Find(string? keyId) => string.IsNullOrEmpty(keyId) ? null : Keys.FirstOrDefault(key => key.KeyId == keyId);
}
