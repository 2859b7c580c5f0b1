using PrivChain.Core.Bytes;
using PrivChain.Core.Keys;

namespace PrivChain.Core.Tests.Keys;

[TestClass]
public sealed class Secp256k1Tests
{
    // Found is believed and turned into an account; what it is unsure of is looked at exactly; what has no key has none, whatever was written.
    [TestMethod]
    public void Recover_EachVerdict_CountsForWhatItSays()
    {
        var accounts = Enumerable.Range(0, 4).Select(_ => Account.Generate()).ToArray();
        var digests = accounts.Select((_, i) => Digest.OfSha256([(byte)i])).ToArray();
        var signatures = accounts.Select((account, i) => account.Sign(digests[i]).Secp256k1).ToArray();
        var (seenDigests, seenSignatures, seenOdd) = (Array.Empty<byte>(), Array.Empty<byte>(), Array.Empty<byte>());

        var found = Secp256k1.Recover(digests, signatures, (hashes, parts, odd, keys, became) =>
        {
            (seenDigests, seenSignatures, seenOdd) = (hashes.ToArray(), parts.ToArray(), odd.ToArray());
            keys.Fill(7);
            became[0] = (byte)RecoveredKey.Found;
            became[1] = (byte)RecoveredKey.None;
            became[2] = (byte)RecoveredKey.Unsure;
            became[3] = 9;
        });

        Assert.IsTrue(seenDigests.AsSpan().SequenceEqual(digests.SelectMany(digest => digest.ToArray()).ToArray()));
        Assert.IsTrue(seenSignatures.AsSpan().SequenceEqual(signatures.SelectMany(signature => (byte[])[.. signature.R.ToArray(), .. signature.S.ToArray()]).ToArray()));
        Assert.IsTrue(seenOdd.AsSpan().SequenceEqual(signatures.Select(signature => (byte)(signature.V - 27)).ToArray()));
        Assert.AreEqual(Secp256k1.Address(Enumerable.Repeat((byte)7, 64).ToArray()), found[0]);
        Assert.IsNull(found[1]);
        Assert.AreEqual(accounts[2].Address, found[2]);
        Assert.AreEqual(accounts[3].Address, found[3]);
    }
}
