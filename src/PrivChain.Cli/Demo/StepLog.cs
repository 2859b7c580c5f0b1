using System.Text.Json.Nodes;
using Grpc.Core;
using PrivChain.Cli.Terminal;
using PrivChain.Core.Refusals;

namespace PrivChain.Cli.Demo;

/// <summary>Runs the steps one after the other, times them, says how each came out, and keeps them for the summary.</summary>
internal sealed class StepLog(CommandOutput output, TimeProvider time)
{
    private readonly List<DemoStep> _steps = [];

    public IReadOnlyList<DemoStep> Steps => _steps;

    public bool AllOk => _steps.Count > 0 && _steps.All(step => step.Ok);

    /// <summary>A step that must succeed: the story cannot go on without it.</summary>
    public async Task<T> DoAsync<T>(string name, Func<Task<T>> act, Func<T, string>? describe = null)
    {
        var started = time.GetTimestamp();
        try
        {
            var result = await act().ConfigureAwait(false);
            Add(name, [RefusalReason.None], RefusalReason.None, describe?.Invoke(result) ?? string.Empty, started);
            return result;
        }
        catch (Exception exception) when (ReasonOf(exception) is { } refusal)
        {
            Add(name, [RefusalReason.None], refusal.Reason, refusal.Detail, started);
            throw new RefusalException(refusal);
        }
    }

    public Task DoAsync(string name, Func<Task> act, string detail = "") => DoAsync(
        name,
        async () =>
        {
            await act().ConfigureAwait(false);
            return detail;
        },
        text => text);

    /// <summary>A step that must be refused, and for the right reason. The story goes on when it is not; the exit code tells.</summary>
    public async Task TryAsync(string name, IReadOnlyList<RefusalReason> expected, Func<Task<RefusalReason>> act, string detail = "")
    {
        var started = time.GetTimestamp();
        try
        {
            Add(name, expected, await act().ConfigureAwait(false), detail, started);
        }
        catch (Exception exception) when (ReasonOf(exception) is { } refusal)
        {
            Add(name, expected, refusal.Reason, detail.Length > 0 && expected.Contains(refusal.Reason) ? detail : refusal.Detail, started);
        }
    }

    public JsonArray ToJson() => [.. _steps.Select(step => (JsonNode)new JsonObject
    {
        ["name"] = step.Name,
        ["expected"] = new JsonArray([.. step.Expected.Select(reason => (JsonNode)reason.ToString())]),
        ["actual"] = step.Actual.ToString(),
        ["ok"] = step.Ok,
        ["detail"] = step.Detail,
        ["milliseconds"] = step.Milliseconds,
    })];

    private static Refusal? ReasonOf(Exception exception) => exception switch
    {
        RefusalException refused => refused.Refusal,
        RpcException rpc => new Refusal(RefusalReason.Unavailable, rpc.Status.Detail),
        _ => null,
    };

    private void Add(string name, IReadOnlyList<RefusalReason> expected, RefusalReason actual, string detail, long started)
    {
        var step = new DemoStep(name, expected, actual, detail, (long)time.GetElapsedTime(started).TotalMilliseconds);
        _steps.Add(step);
        var refusalWanted = !expected.Contains(RefusalReason.None);
        output.Outcome(
            step.Ok,
            refusalWanted ? $"{name}: {(step.Ok ? "refused, " + step.ActualText : $"wanted {step.ExpectedText}, came out {step.ActualText}")}" : step.Ok ? name : $"{name}: {step.ActualText}",
            detail,
            step.Milliseconds);
    }
}
