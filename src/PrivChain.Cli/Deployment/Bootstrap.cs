using PrivChain.Core.Bytes;
using PrivChain.Core.Documents;
using PrivChain.Core.Keys;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Sdk.Connection;
using PrivChain.Sdk.Governance;

namespace PrivChain.Cli.Deployment;

/// <summary>The governor's first acts in a new deployment: look at the enclave's evidence, compare its measurement with the program that we built, and enrol both.</summary>
internal static class Bootstrap
{
    private static readonly TimeSpan _validity = TimeSpan.FromDays(3650);
    private static readonly TimeSpan _sessionLimit = TimeSpan.FromSeconds(60);

    public static (DateTimeOffset From, DateTimeOffset Until) Validity(TimeProvider time)
    {
        var now = time.GetUtcNow();
        return (now.AddMinutes(-5), Until(now, _validity));
    }

    /// <summary>The end of a time from now, or of all time where the calendar ends first.</summary>
    public static DateTimeOffset Until(DateTimeOffset now, TimeSpan length) => now > DateTimeOffset.MaxValue - length ? DateTimeOffset.MaxValue : now + length;

    /// <summary>
    /// Enrols the app with these files, and ends the enrolment of every other: what is wrong in an old one must not pass for agreed. One governor's votes; null: it was so already.
    /// </summary>
    public static async Task<ProvenEntry?> EnrolAppAsync(
        Account governorAccount, PrivChainConnection connection, AppManifest manifest, (DateTimeOffset From, DateTimeOffset Until) validity, CancellationToken cancellation)
    {
        var governor = new GovernorClient(connection, governorAccount);
        var enrolled = await connection.Ledger.ReadStateAsync(
            state => state.EnrolledIn(LedgerRole.App, state.Time).Select(enrolment => enrolment.Subject).ToList(), cancellationToken: cancellation).ConfigureAwait(false);
        var proven = enrolled.Contains(manifest.Digest)
            ? null
            : await governor.EnrolAppAsync(manifest, validity.From, validity.Until, cancellation).ConfigureAwait(false);
        foreach (var other in enrolled.Where(other => other != manifest.Digest))
        {
            // The reason is the successor, which all governors name alike.
            await governor.ExpelAsync(LedgerRole.App, AccountAddress.Zero, other, manifest.Digest, cancellation).ConfigureAwait(false);
        }

        return proven;
    }

    /// <summary>The same for the app built with this program, by the governor of a deployment on this machine.</summary>
    public static async Task<AppManifest> EnrolAppAsync(RunningDeployment deployment, PrivChainConnection connection, TimeProvider time, CancellationToken cancellation)
    {
        using var account = deployment.Folder.OpenGovernor();
        var manifest = AppFolder.ReadManifest();
        await EnrolAppAsync(account, connection, manifest, Validity(time), cancellation).ConfigureAwait(false);
        return manifest;
    }

    /// <summary>Enrols measurement and broker where they are not yet, and waits until the enclave has recorded its session.</summary>
    /// <param name="deployment">On this machine.</param>
    /// <param name="connection">To its node.</param>
    /// <param name="time">The clock.</param>
    /// <param name="runBy">The organisation that runs the enclave; null where nobody says so.</param>
    /// <param name="cancellation">Cancels.</param>
    public static async Task<Digest> EnrolEnclaveAsync(RunningDeployment deployment, PrivChainConnection connection, TimeProvider time, AccountAddress? runBy, CancellationToken cancellation)
    {
        using var account = deployment.Folder.OpenGovernor();
        var governor = new GovernorClient(connection, account);
        var built = await EnclaveProgram.MeasureAsync(DotnetHost.EnclaveFolder, cancellation).ConfigureAwait(false);
        var candidate = await governor.InspectEnclaveAsync(cancellation).ConfigureAwait(false);
        if (candidate.Measurement != built.Digest)
        {
            throw new RefusalException(new Refusal(RefusalReason.MeasurementNotAccepted, $"the running enclave measures {candidate.Measurement}, the program built here {built.Digest}"));
        }

        var (from, until) = Validity(time);
        var (measured, admitted) = await connection.Ledger.ReadStateAsync(
            state => (
                state.Holds(LedgerRole.Measurement, AccountAddress.Zero, candidate.Measurement, state.Time),
                state.Holds(LedgerRole.Broker, candidate.Profile.Account, state.Time)),
            cancellationToken: cancellation).ConfigureAwait(false);
        if (!measured)
        {
            await governor.EnrolMeasurementAsync(candidate.Measurement, from, until, cancellation).ConfigureAwait(false);
        }

        if (!admitted)
        {
            await governor.EnrolBrokerAsync(candidate with { Profile = candidate.Profile with { Operator = runBy } }, from, until, cancellation).ConfigureAwait(false);
        }

        await deployment.Enclave.WaitForAsync("ready", _sessionLimit, cancellation).ConfigureAwait(false);
        return candidate.Measurement;
    }
}
