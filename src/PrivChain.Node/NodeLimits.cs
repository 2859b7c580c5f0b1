using PrivChain.Core.Documents;

namespace PrivChain.Node;

/// <summary>Every limit of the server in one place; the defaults are those of a node on one small machine.</summary>
public sealed record NodeLimits
{
    /// <summary>Largest message of an ordinary method, in bytes.</summary>
    public int Message { get; init; } = 256 * 1024;

    /// <summary>Largest message of a method that takes many items, in bytes.</summary>
    public int BatchMessage { get; init; } = 4 * 1024 * 1024;

    /// <summary>Connections at once.</summary>
    public int Connections { get; init; } = 1_000;

    /// <summary>Calls at once on one connection.</summary>
    public int StreamsPerConnection { get; init; } = 100;

    /// <summary>Longest deadline of a call.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Longest deadline of a call that streams.</summary>
    public TimeSpan StreamDeadline { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Calls a second for one caller: an account, or a connection that has not signed in.</summary>
    public int CallsPerSecond { get; init; } = 200;

    /// <summary>Calls at once after a pause, for one caller.</summary>
    public int CallsBurst { get; init; } = 1_000;

    /// <summary>How many times the rate is granted to brokers, workers and issuers on the ledger, which work for many people.</summary>
    public int TrustedFactor { get; init; } = 50;

    /// <summary>Messages that may wait for one account.</summary>
    public int MessagesPerAccount { get; init; } = 10_000;

    /// <summary>Of these, from accounts without a role on the ledger, which anybody makes: they cannot keep out what institutions, issuers and workers send.</summary>
    public int MessagesFromStrangers { get; init; } = 1_000;

    /// <summary>Messages of accounts without a role that may wait in all inboxes together: a bound on the disk they take.</summary>
    public int MessagesOfStrangers { get; init; } = 50_000;

    /// <summary>Copies of uses that are kept for one regulator: they are never dropped, and what comes above is refused.</summary>
    public int AuditCopiesPerRegulator { get; init; } = 100_000;

    /// <summary>Workers' tallies of refusals that are kept for one regulator, one a worker's session, at most <see cref="RefusalTally.MaxKept"/>; above that the oldest go.</summary>
    public int TalliesPerRegulator { get; init; } = RefusalTally.MaxKept;

    /// <summary>Documents that one account without a role on the ledger may store.</summary>
    public int DocumentsPerStranger { get; init; } = 16;

    /// <summary>Documents that all accounts without a role may store.</summary>
    public int DocumentsOfStrangers { get; init; } = 10_000;

    /// <summary>Records that one account may keep here about itself, with no issuer to vouch for them.</summary>
    public int RecordsPerStranger { get; init; } = 64;

    /// <summary>Of these, in all: a bound on the disk they take.</summary>
    public int RecordsOfStrangers { get; init; } = 20_000;

    /// <summary>Sign-ins that are open or valid at once.</summary>
    public int SignIns { get; init; } = 20_000;
}
