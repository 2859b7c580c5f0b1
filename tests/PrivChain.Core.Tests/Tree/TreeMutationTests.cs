using System.Text;
using PrivChain.Core.Tree;

namespace PrivChain.Core.Tests.Tree;

[TestClass]
public sealed class TreeMutationTests
{
    private const string Origin = "example.com/ledger";

    // Whatever arrives, a parser answers rather than throws, what it accepts is what it was given, and nothing but the signed text verifies.
    [TestMethod]
    public void Parsers_SeededMutations_NeverThrowAndNeverVerifyAnotherText()
    {
        using var logKey = new Ed25519Key([.. Enumerable.Repeat((byte)1, 32)]);
        using var witnessKey = new Ed25519Key([.. Enumerable.Repeat((byte)2, 32)]);
        var log = new NoteSigner(Origin, NoteKeyType.Ed25519, logKey);
        var witness = new NoteSigner("w", NoteKeyType.Cosignature, witnessKey);
        var policy = new WitnessPolicy([witness.VerifierKey], 1);
        var checkpoint = new Checkpoint(Origin, 12, MerkleHash.Sha256.Leaf([1]), "extension");
        var note = SignedCheckpoint.Sign(checkpoint, log).Note.WithSignatures(Cosignature.Create(checkpoint, witness, 1000)).Bytes.ToArray();
        var request = WitnessRequest.Compose(7, [MerkleHash.Sha256.Leaf([2]), MerkleHash.Sha256.Leaf([3])], note);
        var splitView = new SplitViewProof(note, note, MerkleHash.Sha256.EmptyRoot, [MerkleHash.Sha256.EmptyRoot]).ToArray();
        var bundle = EntryBundle.Encode([new byte[] { 1, 2 }, new byte[] { 3 }]);
        byte[][] seeds = [note, checkpoint.Text.ToArray(), request, splitView, bundle, "tile/3/x001/234.p/5"u8.ToArray(), Encoding.UTF8.GetBytes(log.VerifierKey.ToString())];

        // A fixed seed: a failure is found again.
        var random = new Random(20261124);
        for (var round = 0; round < 3000; round++)
        {
            var bytes = Mutate(random, seeds[round % seeds.Length]);
            if (SignedNote.TryParse(bytes, out var parsedNote))
            {
                Assert.IsTrue(parsedNote.Bytes.Span.SequenceEqual(bytes));
                var verdict = WitnessedCheckpoint.Verify(bytes, new TrustedLog(Origin, log.VerifierKey), policy);
                Assert.IsTrue(!verdict.Accepted || verdict.Value.Checkpoint.Text.Span.SequenceEqual(checkpoint.Text.Span));
            }

            if (Checkpoint.TryParse(bytes, out var parsedCheckpoint))
            {
                var again = new Checkpoint(parsedCheckpoint.Origin, parsedCheckpoint.Size, parsedCheckpoint.Root, parsedCheckpoint.Extensions);
                Assert.IsTrue(again.Text.Span.SequenceEqual(bytes), "one value, one text");
            }

            if (WitnessRequest.TryParse(bytes, out var parsedRequest))
            {
                Assert.IsTrue(WitnessRequest.Compose(parsedRequest.OldSize, parsedRequest.Proof, parsedRequest.Note.Bytes.Span).AsSpan().SequenceEqual(bytes));
            }

            if (SplitViewProof.TryParse(bytes, out var parsedProof))
            {
                Assert.IsTrue(parsedProof.ToArray().AsSpan().SequenceEqual(bytes));
                Assert.IsFalse(parsedProof.ProvesGuilt(new TrustedLog(Origin, log.VerifierKey)));
            }

            if (EntryBundle.TryParse(bytes, 2, out var entries))
            {
                Assert.IsTrue(EntryBundle.Encode(entries).AsSpan().SequenceEqual(bytes));
            }

            var text = Encoding.UTF8.GetString(bytes);
            Assert.IsTrue(!TilePath.TryParse(text, out var path) || path.ToString() == text);
            Assert.IsTrue(!NoteVerifierKey.TryParse(text, out var key) || key.ToString() == text);
            Assert.IsTrue(!MerkleFrontier.TryParse(MerkleHash.Sha256, bytes, out var frontier) || frontier.ToArray().AsSpan().SequenceEqual(bytes));
        }
    }

    private static byte[] Mutate(Random random, byte[] seed)
    {
        var bytes = seed.ToList();
        for (var changes = random.Next(1, 4); changes > 0; changes--)
        {
            var position = random.Next(bytes.Count);
            switch (random.Next(5))
            {
                case 0:
                    bytes[position] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes.Insert(position, (byte)"\n 0+/=x\0"[random.Next(8)]);
                    break;
                case 2 when bytes.Count > 1:
                    bytes.RemoveAt(position);
                    break;
                case 3:
                    bytes.InsertRange(position, bytes.Skip(random.Next(bytes.Count)).Take(random.Next(40)).ToList());
                    break;
                default:
                    bytes[position] = (byte)random.Next(256);
                    break;
            }
        }

        return [.. bytes];
    }
}
