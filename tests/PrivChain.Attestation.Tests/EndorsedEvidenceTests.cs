using PrivChain.Attestation.Collateral;
using PrivChain.Attestation.Evidence;

namespace PrivChain.Attestation.Tests;

[TestClass]
public sealed class EndorsedEvidenceTests
{
    private static readonly byte[] _envelope = [1, 2, 3];

    private static byte[] Valid => new EndorsedEvidence(
        _envelope, new CollateralSet([new(CollateralName.TcbInfo, new byte[] { 4 }), new(CollateralName.PckCrl, new byte[] { 5, 6 })])).ToArray();

    [TestMethod]
    public void TryParse_RoundTrip_KeepsEnvelopeItemsAndDigest()
    {
        Assert.IsTrue(EndorsedEvidence.TryParse(Valid, out var read));
        Assert.IsTrue(read.Envelope.Span.SequenceEqual(_envelope));
        CollectionAssert.AreEqual(new[] { CollateralName.PckCrl, CollateralName.TcbInfo }, read.Collateral.Names.ToArray());
        Assert.IsTrue(read.ToArray().AsSpan().SequenceEqual(Valid));
        Assert.IsTrue(EndorsedEvidence.TryParse(_envelope, out var bare));
        Assert.IsTrue(bare.Collateral.IsEmpty);
        Assert.IsTrue(bare.ToArray().AsSpan().SequenceEqual(_envelope));
    }

    [TestMethod]
    public void TryParse_TruncatedExtendedOrOutOfOrder_IsRefused()
    {
        var valid = Valid;

        // Shorter than the magic it is taken for a bare envelope, which the next step refuses.
        for (var length = 4; length < valid.Length; length++)
        {
            Assert.IsFalse(EndorsedEvidence.TryParse(valid.AsSpan(0, length), out _), $"accepted {length} bytes");
        }

        Assert.IsFalse(EndorsedEvidence.TryParse([.. valid, 0], out _));
        Assert.IsFalse(EndorsedEvidence.TryParse([.. "PCEE"u8, 0, 0, 0, 0, 0], out _), "without items it is a bare envelope");
        byte[] item = [8, .. "tcb-info"u8, 0, 0, 0, 0];
        Assert.IsTrue(EndorsedEvidence.TryParse([.. "PCEE"u8, 0, 0, 0, 0, 1, .. item], out _));
        Assert.IsFalse(EndorsedEvidence.TryParse([.. "PCEE"u8, 0, 0, 0, 0, 2, .. item, .. item], out _), "twice");
        byte[] unknown = [8, .. "tcb-infO"u8, 0, 0, 0, 0];
        Assert.IsFalse(EndorsedEvidence.TryParse([.. "PCEE"u8, 0, 0, 0, 0, 1, .. unknown], out _));
    }

    [TestMethod]
    public void Collateral_SameItems_HaveOneDigestWhateverTheirOrder()
    {
        var one = new CollateralSet([new(CollateralName.Ask, new byte[] { 1 }), new(CollateralName.Ark, new byte[] { 2 })]);
        var two = new CollateralSet([new(CollateralName.Ark, new byte[] { 2 }), new(CollateralName.Ask, new byte[] { 1 })]);
        var swapped = new CollateralSet([new(CollateralName.Ask, new byte[] { 2 }), new(CollateralName.Ark, new byte[] { 1 })]);
        Assert.IsTrue(one.Digest.Span.SequenceEqual(two.Digest.Span));
        Assert.IsFalse(one.Digest.Span.SequenceEqual(swapped.Digest.Span));
        Assert.IsTrue(one.With(swapped).Digest.Span.SequenceEqual(swapped.Digest.Span), "what is laid over counts");
        Assert.ThrowsExactly<ArgumentException>(() => new CollateralSet([new("anything", new byte[1])]));
    }
}
