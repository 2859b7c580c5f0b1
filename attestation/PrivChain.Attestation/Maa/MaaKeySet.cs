using System.Diagnostics.CodeAnalysis;
using PrivChain.Attestation.Jose;

namespace PrivChain.Attestation.Maa;

/// <summary>The key set of an Azure Attestation instance (RFC 7517, as <c>/certs</c> answers), read strictly: no id twice, no private key, no member twice. Nothing about the keys is verified by reading them.</summary>
public sealed class MaaKeySet
{
    private MaaKeySet(IReadOnlyList<MaaSigningKey> keys) => Keys = keys;

    /// <summary>The keys, in their order.</summary>
    public IReadOnlyList<MaaSigningKey> Keys { get; }

    /// <summary>Reads a key set. False when it is none.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> utf8, [NotNullWhen(true)] out MaaKeySet? set)
    {
        set = JsonWebKeySet.TryParse(utf8, out var keys) ? new MaaKeySet([.. keys.Keys.Select(key => new MaaSigningKey(key))]) : null;
        return set is not null;
    }
}
