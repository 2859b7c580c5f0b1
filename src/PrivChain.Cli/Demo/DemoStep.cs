using PrivChain.Core.Refusals;

namespace PrivChain.Cli.Demo;

/// <summary>One step of the demo: what must come out of it and what did.</summary>
/// <param name="Name">What is done or tried.</param>
/// <param name="Expected">Reasons that are right; <see cref="RefusalReason.None"/> where it must succeed.</param>
/// <param name="Actual">What came out.</param>
/// <param name="Detail">A line for people.</param>
/// <param name="Milliseconds">How long it took.</param>
internal sealed record DemoStep(string Name, IReadOnlyList<RefusalReason> Expected, RefusalReason Actual, string Detail, long Milliseconds)
{
    public bool Ok => Expected.Contains(Actual);

    public string ExpectedText => Text(Expected);

    public string ActualText => Text([Actual]);

    private static string Text(IEnumerable<RefusalReason> reasons) =>
        string.Join(" or ", reasons.Select(reason => reason == RefusalReason.None ? "done" : reason.ToString()));
}
