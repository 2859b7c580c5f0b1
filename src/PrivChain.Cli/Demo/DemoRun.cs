using System.Text.Json.Nodes;
using PrivChain.Cli.Commands;
using PrivChain.Core.Refusals;
using PrivChain.Core.Suites;
using PrivChain.Sdk.Receipts;
using PrivChain.Sdk.Trail;

namespace PrivChain.Cli.Demo;

/// <summary>The demo from start to summary: exit code 0 only if every step came out as it must.</summary>
internal static class DemoRun
{
    public const string Format = "privchain-demo/1";

    public static async Task<int> RunAsync(CommandRun run, string? outFolder, string? dataFolder, bool serve, Suite suite)
    {
        var started = run.Time.GetTimestamp();
        var folder = DemoFolder.Make(outFolder, run.Time);
        var log = new StepLog(run.Output, run.Time);
        var story = new JsonObject();
        DemoWorld? world = null;
        Refusal? stopped = null;
        try
        {
            run.Output.Heading("Start and enrol");
            world = await DemoWorld.StartAsync(folder, log, run.Time, dataFolder is null ? null : RealDataStory.CallsPerSecond, suite, run.Cancellation).ConfigureAwait(false);
            run.Output.Warning("Evidence is simulated in this demo: it proves nothing about hardware, and every receipt says so.");
            if (dataFolder is null)
            {
                await TellSampleAsync(run, world, folder, log).ConfigureAwait(false);
            }
            else
            {
                await new RealDataStory(world, folder, dataFolder, log, run, story).TellAsync().ConfigureAwait(false);
            }

            await CheckAsync(run, world, folder, log).ConfigureAwait(false);
        }
        catch (RefusalException exception)
        {
            // A step that the story leans on failed; it is in the log, or it was between two steps.
            stopped = exception.Refusal;
        }

        try
        {
            var ok = stopped is null && log.AllOk;
            Summarise(run, folder, log, story, stopped, world?.Deployment.Genesis.LedgerId.ToString(), ok, run.Time.GetElapsedTime(started));
            if (serve && ok && world is not null)
            {
                run.Output.Line($"Up at {world.Deployment.Address.Node}; the app is at {world.Deployment.AppLink}. Ctrl-C ends it.");
                run.Output.Finish();
                return await UpCommand.ServeAsync(world.Deployment, run).ConfigureAwait(false);
            }

            return ok ? 0 : stopped is { } refusal ? (int)refusal.Reason : (int)RefusalReason.Internal;
        }
        finally
        {
            if (world is not null)
            {
                await world.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private static async Task TellSampleAsync(CommandRun run, DemoWorld world, DemoFolder folder, StepLog log)
    {
        var story = new SampleStory(world, folder, log, run.Output, run.Cancellation);
        await story.TellAsync().ConfigureAwait(false);
        await log.DoAsync(
            "gather a receipt for each answer",
            async () =>
            {
                foreach (var answer in story.Answers)
                {
                    var receipt = await answer.Answer.GetReceiptAsync(run.Cancellation).ConfigureAwait(false);
                    await File.WriteAllTextAsync(Path.Combine(folder.Receipts, answer.Name + ".json"), receipt.ToJson(), run.Cancellation).ConfigureAwait(false);
                }
            },
            $"{story.Answers.Count} receipts").ConfigureAwait(false);
        await new Attempts(world, story, log, run.Output, run.Time, run.Cancellation).TryAllAsync().ConfigureAwait(false);
    }

    private static async Task CheckAsync(CommandRun run, DemoWorld world, DemoFolder folder, StepLog log)
    {
        run.Output.Heading("Verify, offline");
        var ledger = world.Deployment.Genesis.LedgerId;
        await log.DoAsync(
            "export the whole trail",
            () => TrailExporter.ExportAsync(world.Regulator.Connection, new FolderTrail(folder.Trail), cancellationToken: run.Cancellation),
            size => $"{size} entries").ConfigureAwait(false);
        await log.DoAsync(
            "verify the trail from its files alone",
            () => Task.FromResult(TrailVerifier.Verify(new FolderTrail(folder.Trail), ledger, cancellation: run.Cancellation) is { Refusal: { } refusal } ? throw new RefusalException(refusal) : true)).ConfigureAwait(false);
        var files = Directory.GetFiles(folder.Receipts, "*.json");
        await log.DoAsync(
            "verify every receipt from its file alone",
            () =>
            {
                foreach (var file in files)
                {
                    var report = ReceiptVerifier.Verify(File.ReadAllBytes(file), ledger, acceptSimulated: true);
                    if (!report.Valid)
                    {
                        throw new RefusalException(new Refusal(report.Failed!.Refusal!.Reason, $"{Path.GetFileName(file)}: {report.Failed.Field}: {report.Failed.Refusal.Detail}"));
                    }
                }

                return Task.CompletedTask;
            },
            $"{files.Length} receipts").ConfigureAwait(false);
    }

    private static void Summarise(
        CommandRun run, DemoFolder folder, StepLog log, JsonObject story, Refusal? stopped, string? ledger, bool ok, TimeSpan took)
    {
        var output = run.Output;
        (string Name, string Path)[] paths =
        [
            ("plain", folder.Plain), ("node", Path.Combine(folder.Root, "node")), ("trail", folder.Trail), ("receipts", folder.Receipts), ("answers", folder.Answers),
        ];
        output.Json["format"] = Format;
        output.Json["ok"] = ok;
        output.Json["ledger"] = ledger;
        output.Json["milliseconds"] = (long)took.TotalMilliseconds;
        output.Json["steps"] = log.ToJson();
        output.Json["paths"] = new JsonObject(paths.Select(path => KeyValuePair.Create(path.Name, (JsonNode?)path.Path)).Prepend(KeyValuePair.Create("out", (JsonNode?)folder.Root)));
        if (story.Count > 0)
        {
            output.Json["data"] = story;
        }

        output.Heading("Summary");
        output.Table(["", "Step", "Must come out as", "Came out as"], log.Steps.Select(step => (IReadOnlyList<string>)[step.Ok ? "ok" : "BAD", step.Name, step.ExpectedText, step.ActualText]));
        output.Facts([("Ledger", ledger ?? "(none)"), .. paths.Select(path => (path.Name, path.Path)), ("Took", $"{took.TotalSeconds:0.0} s")]);
        if (stopped is not null)
        {
            output.Refused(stopped);
        }

        output.Line(ok ? $"All {log.Steps.Count} steps came out as they must." : $"{log.Steps.Count(step => !step.Ok)} of {log.Steps.Count} steps did not come out as they must.");
    }
}
