using PrivChain.Core.Contracts;
using PrivChain.Core.Bytes;
using PrivChain.Core.Documents;
using PrivChain.Core.Hpke;
using PrivChain.Core.Records;

namespace PrivChain.Enclave.Tests.World;

/// <summary>What a test changes of a consent; the rest is as it should be.</summary>
internal sealed record ConsentParts
{
    public PrivacyContract? Contract { get; init; }

    public SealedRecord? Record { get; init; }

    /// <summary>Schema of <see cref="Record"/>, when it is not the world's.</summary>
    public RecordSchema? Schema { get; init; }

    public IReadOnlyList<string> Fields { get; init; } = [EnclaveWorld.Field];

    public ulong? NotBefore { get; init; }

    public ulong? NotAfter { get; init; }

    public uint Uses { get; init; } = 10;

    public Func<ConsentDetails, ConsentDetails> Details { get; init; } = static details => details;

    /// <summary>Other details than the signed ones in the broker's box.</summary>
    public ConsentDetails? BoxedDetails { get; init; }

    public HpkePublicKey? BoxKey { get; init; }

    public HpkePrivateKey? ShareCitizenKey { get; init; }

    public Digest? ShareSalt { get; init; }

    /// <summary>Parts handed over, and of which part the key is.</summary>
    public Func<RecordSchema, IEnumerable<(ushort Part, int KeyOf)>> Parts { get; init; } =
        static schema => [(0, 0), ((ushort)(schema.IndexOf("birthDate") + 1), schema.IndexOf("birthDate") + 1)];
}
