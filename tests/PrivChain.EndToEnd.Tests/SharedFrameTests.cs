using Google.Protobuf;
using PrivChain.Core.Contracts;
using PrivChain.Core.Refusals;
using PrivChain.Schemas.V1;
using PrivChain.Sdk.Query;
using PrivChain.Sdk.Receipts;

namespace PrivChain.EndToEnd.Tests;

/// <summary>Queries that share a use share a frame and its verification: each still gets an answer and a receipt of its own, and a relay that changes a frame gets nothing believed.</summary>
[TestClass]
public sealed class SharedFrameTests
{
    private const int Asked = 40;

    private static World _world = null!;
    private static PrivacyContract _contract = null!;

    public TestContext TestContext { get; set; } = null!;

    [ClassInitialize]
    public static async Task StartAsync(TestContext context)
    {
        _world = await SharedWorld.JoinAsync();
        await _world.IssueIdentityAsync();
        _contract = await _world.PublishAsync("age-check");
    }

    [ClassCleanup]
    public static async Task StopAsync() => await _world.DisposeAsync();

    [TestMethod]
    [Timeout(120_000, CooperativeCancellation = true)]
    public async Task Queries_OfOneMoment_ShareFramesAndEachHasItsReceipt()
    {
        var frames = 0;
        var reasons = await AskAsync(
            frame =>
            {
                frames++;
                return [frame];
            },
            async answers =>
            {
                var receipts = await Task.WhenAll(answers.Take(3).Append(answers[^1]).Select(answer => answer!.GetReceiptAsync(TestContext.CancellationToken)));
                Assert.HasCount(4, receipts.Select(receipt => receipt.Query!.Digest).Distinct().ToList());
                foreach (var receipt in receipts)
                {
                    var report = ReceiptVerifier.Verify(System.Text.Encoding.UTF8.GetBytes(receipt.ToJson()), _world.Connection.LedgerId, acceptSimulated: true);
                    Assert.IsTrue(report.Valid, report.Failed?.Refusal?.ToString());
                }
            });
        Assert.IsTrue(reasons.Values.All(reason => reason == RefusalReason.None));
        Assert.IsLessThan(Asked, frames, "queries of one moment share a frame");
    }

    [TestMethod]
    [Timeout(120_000, CooperativeCancellation = true)]
    [DataRow("order of ids", RefusalReason.CannotOpen)]
    [DataRow("a byte of the box", RefusalReason.CannotOpen)]
    [DataRow("sequence", RefusalReason.CannotOpen)]
    [DataRow("an id left out", RefusalReason.CannotOpen)]
    [DataRow("a stranger's id added", RefusalReason.Cancelled)]
    [DataRow("an id twice", RefusalReason.Cancelled)]
    [DataRow("nothing, but sent twice", RefusalReason.None)]
    public async Task Frame_ChangedOnItsWay_AnswersNothing(string what, RefusalReason expected)
    {
        var touched = new HashSet<ulong>();
        var reasons = await AskAsync(frame =>
        {
            if (frame.FrameCase != AnswerFrame.FrameOneofCase.Answers || frame.Answers.Ids.Count < 2)
            {
                return [frame];
            }

            var answers = frame.Answers;
            touched.UnionWith(answers.Ids);
            switch (what)
            {
                case "order of ids":
                    (answers.Ids[0], answers.Ids[1]) = (answers.Ids[1], answers.Ids[0]);
                    break;
                case "a byte of the box":
                    answers.Sealed = ByteString.CopyFrom([.. answers.Sealed.Span[..^1], (byte)(answers.Sealed[^1] ^ 1)]);
                    break;
                case "sequence":
                    answers.Sequence++;
                    break;
                case "an id left out":
                    touched.Remove(answers.Ids[^1]);
                    answers.Ids.RemoveAt(answers.Ids.Count - 1);
                    break;
                case "a stranger's id added":
                    answers.Ids.Add(1_000_000);
                    break;
                case "an id twice":
                    answers.Ids.Add(answers.Ids[0]);
                    break;
                default:
                    return [frame, frame.Clone()];
            }

            return [frame];
        });
        Assert.IsNotEmpty(touched, "no two queries shared a frame");
        Assert.HasCount(touched.Count, reasons.Where(reason => reason.Value == expected && touched.Contains((ulong)reason.Key)).ToList());

        // What was not touched is answered, or waited for in vain where its id was taken out.
        Assert.IsTrue(reasons.Where(reason => !touched.Contains((ulong)reason.Key)).All(reason => reason.Value is RefusalReason.None or RefusalReason.Cancelled));
    }

    // Asks, waits until a frame has come for every query, and ends the session.
    private async Task<Dictionary<int, RefusalReason>> AskAsync(Func<AnswerFrame, IEnumerable<AnswerFrame>> change, Func<IReadOnlyList<Answer?>, Task>? then = null)
    {
        var left = Asked;
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var relay = new LyingRelay(frame =>
        {
            left -= frame.FrameCase == AnswerFrame.FrameOneofCase.Answers ? frame.Answers.Ids.Count : 0;
            if (left <= 0)
            {
                all.TrySetResult();
            }

            return change(frame);
        });
        var consent = await _world.ConsentAsync(_contract, Asked + 1);
        using var connection = await _world.ConnectAsync(handler: relay);
        var session = await new InstitutionClient(connection, _world.Bank.Account, _world.Bank.EncryptionKey).OpenSessionAsync(TestContext.CancellationToken);
        var asked = Enumerable.Range(0, Asked).Select(_ => EndAsync(session.QueryAsync(consent))).ToList();
        await all.Task.WaitAsync(TestContext.CancellationToken);

        // Frames come in order: with this answer, all before it were looked at.
        Assert.AreEqual(RefusalReason.None, (await EndAsync(session.QueryAsync(consent))).Reason);
        await session.DisposeAsync();
        var ended = await Task.WhenAll(asked);
        await (then?.Invoke([.. ended.Select(end => end.Answer)]) ?? Task.CompletedTask);
        return ended.Select((end, id) => (end.Reason, id)).ToDictionary(end => end.id, end => end.Reason);
    }

    private static async Task<(Answer? Answer, RefusalReason Reason)> EndAsync(Task<Answer> asked)
    {
        try
        {
            var answer = await asked;
            return (answer, answer.Refusal?.Reason ?? RefusalReason.None);
        }
        catch (RefusalException exception)
        {
            return (null, exception.Reason);
        }
    }
}
