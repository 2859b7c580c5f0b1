using System.Buffers.Text;
using System.Text;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Roots;

namespace PrivChain.Attestation.Tests.Eat;

[TestClass]
public sealed class ConceptualMessageTests
{
    private readonly TestSigner _signer = TestSigner.P256();

    private byte[] Token => _signer.Sign1(TestSigner.Map((6, 1), (256, new byte[] { 1 })));

    [TestCleanup]
    public void Clean() => _signer.Dispose();

    [TestMethod]
    public void ParseAny_WrappedToken_IsTheTokenInside()
    {
        var token = Token;
        var text = Base64Url.EncodeToString(token);
        (string Why, byte[] Wrapped)[] cases =
        [
            ("record", TestSigner.Array("application/eat+cwt", token)),
            ("record with a content format", TestSigner.Array(263, token)),
            ("record that says evidence", TestSigner.Array(263, token, 4)),
            ("tag of content format 263", TestSigner.Tag(1_668_546_817 + 263, TestSigner.Encode(writer => writer.WriteByteString(token)))),
            ("record in JSON", Encoding.UTF8.GetBytes($$"""["application/eat+cwt","{{text}}"]""")),
            ("record in JSON that says evidence", Encoding.UTF8.GetBytes($$"""["application/eat+cwt","{{text}}",4]""")),
            ("collection", TestSigner.Map(("__cmwc_t", "tag:example.com,2026:one"), ("only", TestSigner.Raw(TestSigner.Array(263, token))))),
            ("collection in JSON", Encoding.UTF8.GetBytes($$"""{"__cmwc_t":"tag:example.com,2026:one","only":["application/eat+cwt","{{text}}"]}""")),
            ("report of configfs-tsm", TestSigner.Map(("provider", "any"), ("outblob", token), ("auxblob", Array.Empty<byte>()))),
            ("wrapped twice", TestSigner.Array(263, TestSigner.Array(263, token))),
        ];
        foreach (var (why, wrapped) in cases)
        {
            var received = ReceivedEvidence.ParseAny(wrapped);
            Assert.IsTrue(received.Accepted, $"{why}: {received.Fault}");
            Assert.AreEqual(EvidenceKind.Eat, received.Value.Kind, why);
            Assert.IsTrue(received.Value.Parts.MainPart.Span.SequenceEqual(token), why);
        }
    }

    [TestMethod]
    public void ParseAny_WrappersWithoutOneEvidence_AreRefused()
    {
        var token = Token;
        (AttestationRefusal Wanted, byte[] Wrapped)[] cases =
        [
            (AttestationRefusal.MissingEvidence, TestSigner.Array(263, Array.Empty<byte>())),
            (AttestationRefusal.MissingEvidence, TestSigner.Array(263, token, 1)),
            (AttestationRefusal.UnsupportedFormat, TestSigner.Array(263, "text")),
            (AttestationRefusal.UnsupportedFormat, TestSigner.Array(263, new byte[] { 1, 2, 3 })),
            (AttestationRefusal.UnsupportedFormat, TestSigner.Map(("a", TestSigner.Raw(TestSigner.Array(263, token))), ("b", TestSigner.Raw(TestSigner.Array(263, token))))),
            (AttestationRefusal.UnsupportedFormat, TestSigner.Array(263, TestSigner.Array(263, TestSigner.Array(263, TestSigner.Array(263, token))))),
            (AttestationRefusal.UnsupportedFormat, "[\"a\",\"not base64\"]"u8.ToArray()),
            (AttestationRefusal.UnsupportedFormat, "{\"outblob\":\"not base64\"}"u8.ToArray()),
            (AttestationRefusal.MissingEvidence, "[\"a\",\"AAAA\",1]"u8.ToArray()),
            (AttestationRefusal.UnsupportedFormat, []),
        ];
        foreach (var (wanted, wrapped) in cases)
        {
            Assert.AreEqual(wanted, ReceivedEvidence.ParseAny(wrapped).Fault?.Reason, Convert.ToHexStringLower(wrapped));
        }
    }

    [TestMethod]
    public void Authenticate_WhatTheWrapperSays_IsNotBelieved()
    {
        using var stranger = TestSigner.P256();
        var wrapped = TestSigner.Array("application/eat+cwt; trusted=yes", stranger.Sign1(TestSigner.Map((6, 1), (256, new byte[] { 1 }))));
        var context = new AuthenticationContext(new RootSet([_signer.Anchor()]), DateTimeOffset.UnixEpoch);
        Assert.AreEqual("invalid_signature", TokenTrial.Of(ReceivedEvidence.ParseAny(wrapped), context).Verdict);
    }
}
