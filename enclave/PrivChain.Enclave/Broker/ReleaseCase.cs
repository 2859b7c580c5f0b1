using PrivChain.Core.Bytes;
using PrivChain.Core.Contracts;
using PrivChain.Core.Documents;
using PrivChain.Core.Ledger;

namespace PrivChain.Enclave.Broker;

/// <summary>Everything but the ledger that a release is decided on.</summary>
internal sealed record ReleaseCase
{
    /// <summary>This broker.</summary>
    public required AccountAddress Broker { get; init; }

    /// <summary>The worker that asks, or null when this broker did not admit it.</summary>
    public required AdmittedWorker? Worker { get; init; }

    /// <summary>The query session.</summary>
    public required QuerySession Opening { get; init; }

    /// <summary>Whether the institution signed it for this ledger.</summary>
    public required bool OpeningIsSigned { get; init; }

    /// <summary>Document digest of the consent.</summary>
    public required Digest Consent { get; init; }

    /// <summary>Details that came out of the broker's box, or null when it did not open.</summary>
    public required ConsentDetails? Details { get; init; }

    /// <summary>The consent package, or null when it was not of its form.</summary>
    public required ConsentPackage? Package { get; init; }

    /// <summary>The contract's text parsed, or null when it was not one.</summary>
    public required PrivacyContract? Contract { get; init; }

    /// <summary>The queries of the use.</summary>
    public required IReadOnlyList<QueryDocument> Queries { get; init; }

    /// <summary>The use as this broker signed it, without a time.</summary>
    public required AuthenticEntry Use { get; init; }
}
