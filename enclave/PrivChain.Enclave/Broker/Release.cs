using PrivChain.Core.Bytes;
using PrivChain.Core.Contracts;
using PrivChain.Core.Documents;

namespace PrivChain.Enclave.Broker;

/// <summary>Keys released under one recorded use.</summary>
internal sealed record Release
{
    /// <summary>Positions of its queries in the request.</summary>
    public required IReadOnlyList<int> Queries { get; init; }

    /// <summary>Document digest of the use.</summary>
    public required Digest Use { get; init; }

    /// <summary>Merkle root over the digests of its queries, as in the use.</summary>
    public required Digest QueriesRoot { get; init; }

    /// <summary>Where the use stands.</summary>
    public required ulong UseIndex { get; init; }

    /// <summary>Ledger time of the use, unix ms: the only clock an answer depends on.</summary>
    public required ulong UseTime { get; init; }

    /// <summary>The citizen's account.</summary>
    public required AccountAddress Granter { get; init; }

    /// <summary>The contract that was consented to.</summary>
    public required PrivacyContract Contract { get; init; }

    /// <summary>Padded size of its answer, by the contract.</summary>
    public required int AnswerSize { get; init; }

    /// <summary>The consent's details.</summary>
    public required ConsentDetails Details { get; init; }

    /// <summary>Key share, sealed to the worker's session key.</summary>
    public required byte[] SealedShare { get; init; }

    /// <summary>HPKE context of <see cref="SealedShare"/>.</summary>
    public static byte[] Context(Digest ledgerId, Digest use) => [.. ledgerId.ToArray(), .. use.ToArray()];
}
