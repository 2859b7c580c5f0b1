using PrivChain.Attestation.Collateral;
using PrivChain.Core.Bytes;
using PrivChain.Core.Contracts;
using PrivChain.Core.Ledger;
using PrivChain.Core.Records;
using PrivChain.Sdk.Organisations;

namespace PrivChain.Sdk.Connection;

/// <summary>Where to connect and what to believe beforehand. One of <see cref="LedgerId"/> and <see cref="Genesis"/> must be given: a node cannot introduce itself.</summary>
public sealed record ConnectionOptions
{
    /// <summary>The node, such as <c>http://127.0.0.1:7420</c>.</summary>
    public required Uri Node { get; init; }

    /// <summary>The pinned ledger id; the genesis that the node sends must hash to it.</summary>
    public Digest? LedgerId { get; init; }

    /// <summary>The pinned genesis; nothing is fetched then.</summary>
    public Genesis? Genesis { get; init; }

    /// <summary>Where verified checkpoints are remembered; by default for the life of the connection only.</summary>
    public IHeadStore? Heads { get; init; }

    /// <summary>Where documents, records and messages are kept, so that they can be read without the node; null: nowhere. What is read from it is verified as if the node had sent it.</summary>
    public IContentStore? Kept { get; init; }

    /// <summary>
    /// True to ask no node: the ledger is what <see cref="VerifiedLedger.DangerouslyResumeAsync(ReadOnlyMemory{byte}, CancellationToken)"/> continued from, contents come from <see cref="Kept"/>, and what is not there is
    /// <see cref="Core.Refusals.RefusalReason.Unavailable"/>. Whatever is read is as old as that ledger.
    /// </summary>
    public bool Offline { get; init; }

    /// <summary>True to keep in memory what <see cref="VerifiedLedger.SaveStateAsync"/> writes: 236 bytes for each entry.</summary>
    public bool KeepsEntries { get; init; }

    /// <summary>
    /// For how long the checkpoint that the node sent last counts as its newest when state is read: reading many things one after the other then asks once. Zero: each reading asks.
    /// <see cref="VerifiedLedger.RefreshAsync"/> asks in any case, and entries of one's own are waited for as ever.
    /// </summary>
    public TimeSpan CheckpointLasts { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Deadline of a single call; at most one minute is wise.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Longest life of a stream (query session, waiting for messages). Waiting goes on over a new stream; a query session has to be opened anew.</summary>
    public TimeSpan StreamDeadline { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Told while the ledger is read and verified, about twenty times a second; the reading pauses for it. Null: it goes on without pause.</summary>
    public IProgress<LedgerProgress>? Progress { get; init; }

    /// <summary>True where only HTTP/1.1 with fetch is to be had, as in a browser: gRPC-Web. Query sessions need a stream that such a client cannot send; single queries work.</summary>
    public bool GrpcWeb { get; init; }

    /// <summary>Replaces the HTTP handler, for tests and proxies; the connection does not dispose it.</summary>
    public HttpMessageHandler? Handler { get; init; }

    /// <summary>True to deal with enclaves whose evidence no hardware made. For trials: such an enclave protects nothing from its operator.</summary>
    public bool AcceptSimulatedEvidence { get; init; }

    /// <summary>Revocation lists of the authorities behind organisations' certificates. With lists of an authority given, one of them has to cover the present.</summary>
    public RevocationLists Revocations { get; init; } = RevocationLists.None;

    /// <summary>Vendors' collateral that the client got itself (a folder, Intel's or AMD's service); it counts instead of what came along with enclaves' evidence. Null for none.</summary>
    public CollateralSet? Collateral { get; init; }

    /// <summary>Record schemas known.</summary>
    public SchemaCatalog Schemas { get; init; } = SchemaCatalog.BuiltIn;

    /// <summary>Registered purpose profiles, for the contract checker.</summary>
    public IReadOnlyDictionary<string, PurposeProfile> Profiles { get; init; } = PurposeProfile.BuiltIn;
}
