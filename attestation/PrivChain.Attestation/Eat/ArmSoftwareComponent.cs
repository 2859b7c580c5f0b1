using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using PrivChain.Attestation.Cbor;
using PrivChain.Attestation.Claims;

namespace PrivChain.Attestation.Eat;

/// <summary>A measured software component of a PSA or CCA platform token (RFC 9783 section 4.4.1).</summary>
/// <param name="Type">What it is, such as <c>BL</c>, or empty.</param>
/// <param name="Value">Its digest.</param>
/// <param name="Signer">Digest of the key that signed it.</param>
/// <param name="Algorithm">Hash, or empty when the token does not say.</param>
internal sealed record ArmSoftwareComponent(string Type, ReadOnlyMemory<byte> Value, ReadOnlyMemory<byte> Signer, string Algorithm)
{
    private const int MaxCount = 64;

    /// <summary>Reads the array, or null when it is empty or a component lacks its digest or signer.</summary>
    public static IReadOnlyList<ArmSoftwareComponent>? ReadAll(CborValue? array)
    {
        if (array is not { Kind: CborKind.Array, Items.Count: > 0 and <= MaxCount })
        {
            return null;
        }

        var components = array.Items.Select(Read).ToList();
        return components.Contains(null) ? null : [.. components.OfType<ArmSoftwareComponent>()];
    }

    /// <summary>One digest for all: SHA-384 over the implementation id and each component's digest in the token's order, each after its 4-byte big-endian length.</summary>
    public static byte[] Combine(ReadOnlySpan<byte> implementationId, IReadOnlyList<ArmSoftwareComponent> components)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA384);
        Append(hash, implementationId);
        foreach (var component in components)
        {
            Append(hash, component.Value.Span);
        }

        return hash.GetHashAndReset();
    }

    /// <summary>The one signer of all components, or empty when there are several.</summary>
    public static ReadOnlyMemory<byte> CommonSigner(IReadOnlyList<ArmSoftwareComponent> components) =>
        components.Count > 0 && components.All(component => component.Signer.Span.SequenceEqual(components[0].Signer.Span)) ? components[0].Signer : default;

    /// <summary>As measurements, named by type or, without one, by place.</summary>
    public static IEnumerable<MeasuredValue> Measured(IReadOnlyList<ArmSoftwareComponent> components) =>
        components.Select((component, index) => new MeasuredValue(component.Type.Length > 0 ? component.Type : index.ToString(CultureInfo.InvariantCulture), component.Algorithm, component.Value));

    private static ArmSoftwareComponent? Read(CborValue map) =>
        map.Kind == CborKind.Map
        && map.Get(2) is { Kind: CborKind.Bytes, Bytes.Length: 32 or 48 or 64 } value
        && map.Get(5) is { Kind: CborKind.Bytes, Bytes.Length: 32 or 48 or 64 } signer
        && new long[] { 1, 4, 6 }.All(key => map.Get(key) is null or { Kind: CborKind.Text })
            ? new ArmSoftwareComponent(map.Get(1)?.Text ?? string.Empty, value.Bytes, signer.Bytes, map.Get(6)?.Text ?? string.Empty)
            : null;

    private static void Append(IncrementalHash hash, ReadOnlySpan<byte> part)
    {
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, part.Length);
        hash.AppendData(length);
        hash.AppendData(part);
    }
}
