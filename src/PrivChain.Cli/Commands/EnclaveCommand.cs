using System.CommandLine;
using System.Text.Json.Nodes;
using PrivChain.Attestation;
using PrivChain.Cli.Deployment;
using PrivChain.Core.Bytes;
using PrivChain.Core.Contracts;
using PrivChain.Sdk.Organisations;

namespace PrivChain.Cli.Commands;

/// <summary><c>enclave</c>: what code runs where keys are released.</summary>
internal static class EnclaveCommand
{
    public static Command Make() => CommandMaker.Group(
        "enclave", "The enclave program and its evidence.", "privchain enclave measure",
        CommandMaker.Make("measure", "Measures the enclave program built here.", "privchain enclave measure", MeasureAsync),
        CommandMaker.Make(
            "evidence", "Asks the enrolled broker at the node for fresh evidence, appraises it, and compares it with the program built here.",
            "privchain enclave evidence --accept-simulated", EvidenceAsync, Common.Connection));

    private static async Task<int> MeasureAsync(CommandRun run)
    {
        var (measurement, digest) = await EnclaveProgram.MeasureAsync(DotnetHost.EnclaveFolder, run.Cancellation).ConfigureAwait(false);
        run.Output.Json["measurement"] = measurement;
        run.Output.Json["digest"] = digest.ToString();
        run.Output.Facts(("Measurement", measurement), ("Digest", digest.ToString()));
        return 0;
    }

    private static async Task<int> EvidenceAsync(CommandRun run)
    {
        using var connection = await Common.ConnectAsync(run).ConfigureAwait(false);
        var brokers = await connection.Organisations.BrokersAsync(run.Cancellation).ConfigureAwait(false);
        var built = await EnclaveProgram.MeasureAsync(DotnetHost.EnclaveFolder, run.Cancellation).ConfigureAwait(false);
        var list = new JsonArray();
        foreach (var broker in brokers)
        {
            var claims = broker.Enclave.Claims;
            var measurement = Hex.Encode(claims.Program.Span);
            var same = measurement == built.Measurement;
            list.Add(new JsonObject
            {
                ["broker"] = broker.Profile.Account.ToString(), ["kind"] = claims.Kind, ["measurement"] = measurement, ["simulated"] = broker.Enclave.IsSimulated, ["builtHere"] = same,
                ["operator"] = broker.Profile.Operator?.ToString(), ["operatorName"] = broker.Operator?.Name,
            });
            run.Output.Facts(
                ("Broker", broker.Profile.Account.ToString()), ("Run by", RunBy(broker)), ("Evidence", claims.Kind), ("Measurement", measurement), ("Same as built here", same ? "yes" : "no"));
            if (broker.Enclave.IsSimulated)
            {
                run.Output.Warning("The evidence is simulated: it proves nothing about hardware.");
            }
        }

        run.Output.Json["brokers"] = list;
        return 0;
    }

    private static string RunBy(VerifiedBroker broker) =>
        broker.Operator is { } organisation ? $"{TerminalText.Neutralise(organisation.Name)}{(organisation.CertifiedName is null ? string.Empty : ", by its certificate")}"
        : broker.Profile.Operator is { } account ? $"{account}, which is no enrolled organisation whose certificate verifies"
        : "nobody is named";
}
