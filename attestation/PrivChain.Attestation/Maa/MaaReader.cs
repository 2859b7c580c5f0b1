using System.Buffers;
using System.Text.Json;
using PrivChain.Attestation.Claims;
using PrivChain.Attestation.Jose;

namespace PrivChain.Attestation.Maa;

/// <summary>Reads claims of one level and remembers the first that is missing or of another type or size; callers ask once, at the end.</summary>
internal sealed class MaaReader(JsonElement level)
{
    public JsonElement Level => level;

    public string? Missing { get; private set; }

    public bool Has(string name) => level.TryGetProperty(name, out _);

    /// <summary>Lower- or upper-case hex of exactly that many bytes.</summary>
    public ReadOnlyMemory<byte> Hex(string name, int size)
    {
        var bytes = new byte[size];
        return StrictJson.Text(level, name) is { } text && text.Length == 2 * size && Convert.FromHexString(text, bytes, out _, out _) == OperationStatus.Done ? bytes : Fail(name, ReadOnlyMemory<byte>.Empty);
    }

    public uint Number(string name) => StrictJson.Number(level, name) is >= 0 and <= uint.MaxValue and var number ? (uint)number : Fail(name, 0u);

    public bool Flag(string name) => StrictJson.Flag(level, name) ?? Fail(name, false);

    /// <summary>A status by Intel's name.</summary>
    public TcbStatus Status(string name) =>
        Enum.TryParse<TcbStatus>(StrictJson.Text(level, name), out var status) && status.ToString() == StrictJson.Text(level, name) && status is not (TcbStatus.NotApplicable or TcbStatus.NotChecked)
            ? status
            : Fail(name, TcbStatus.NotChecked);

    private T Fail<T>(string name, T value)
    {
        Missing ??= name;
        return value;
    }
}
