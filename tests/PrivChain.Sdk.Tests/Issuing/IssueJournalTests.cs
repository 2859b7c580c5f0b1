using PrivChain.Core.Bytes;
using PrivChain.Core.Tests.Ledger;
using PrivChain.Sdk.Issuing;

namespace PrivChain.Sdk.Tests.Issuing;

[TestClass]
public sealed class IssueJournalTests
{
    [TestMethod]
    public void PendingBatch_RoundTripAndEveryTruncation()
    {
        var batch = Batch("row 1", "row \"2\" 二");
        var bytes = batch.ToArray();
        Assert.IsTrue(PendingBatch.TryParse(bytes, out var read));
        CollectionAssert.AreEqual(bytes, read.ToArray());
        CollectionAssert.AreEqual(batch.Keys.ToList(), read.Keys.ToList());
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.IsFalse(PendingBatch.TryParse(bytes.AsSpan(0, length), out _), $"accepted {length} bytes");
        }

        Assert.IsFalse(PendingBatch.TryParse([.. bytes, 0], out _));
    }

    // Dies before completion: the batch is there again. Dies after: its keys are done.
    [TestMethod]
    public async Task FileJournal_EachStepThenRestart_LosesNothing()
    {
        var folder = Directory.CreateTempSubdirectory("privchain-journal-");
        try
        {
            var batch = Batch("a", "b\n\"c\"");
            string name;
            using (var journal = new FileIssueJournal(folder.FullName))
            {
                name = await journal.SavePendingAsync(batch);
                Assert.IsFalse(journal.IsDone("a"));
            }

            using (var journal = new FileIssueJournal(folder.FullName))
            {
                CollectionAssert.AreEqual(batch.ToArray(), journal.LoadPending().Single().ToArray());
                Assert.AreEqual(name, await journal.SavePendingAsync(batch), "the same bytes are the same batch");
                await journal.CompleteAsync(name, batch, ["a", "b\n\"c\""]);
            }

            // A line that a crash cut off names no key and spoils none.
            await File.AppendAllTextAsync(Path.Combine(folder.FullName, "done.jsonl"), "\n\"cut");
            using (var journal = new FileIssueJournal(folder.FullName))
            {
                Assert.IsEmpty(journal.LoadPending());
                Assert.IsTrue(journal.IsDone("a"));
                Assert.IsTrue(journal.IsDone("b\n\"c\""));
                Assert.IsFalse(journal.IsDone("cut"));
                await journal.CompleteAsync(await journal.SavePendingAsync(Batch("d")), Batch("d"), ["d"]);
            }

            using (var journal = new FileIssueJournal(folder.FullName))
            {
                Assert.IsTrue(journal.IsDone("d"));
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static PendingBatch Batch(params string[] keys) => new([.. keys.Select(key =>
        new PendingBatch.SealedItem(key, [1, 2, 3], [4], [], new AccountAddress(LedgerFixture.RandomDigest().ToArray().AsSpan(0, 20)), [5, 6]))]);
}
