using System.Net.Sockets;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using PrivChain.Node.Ledger;
using PrivChain.Node.Vault;

namespace PrivChain.Node.Observability;

/// <summary>Healthy while ledger and vault take what is sent.</summary>
internal sealed class StorageHealth(ILedgerEngine ledger, RecordStore records) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(ledger.Accepting && records.Accepting ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("storage failed; restart the node"));
}

/// <summary>Degraded while acknowledged entries wait for witnesses longer than a client would.</summary>
internal sealed class WitnessHealth(WitnessFeeder feeder) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(feeder.Behind < TimeSpan.FromSeconds(10)
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Degraded($"no quorum of witnesses for {feeder.Behind.TotalSeconds:0} s"));
}

/// <summary>Degraded while the enclave's socket does not answer; the ledger and the vault work without it.</summary>
internal sealed class EnclaveHealth(NodeOptions options) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (options.EnclaveSocket is null)
        {
            return HealthCheckResult.Healthy("none configured");
        }

        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(options.EnclaveSocket), cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (SocketException)
        {
            return HealthCheckResult.Degraded("the enclave's socket does not answer");
        }
    }
}
