using System.Text;
using PrivChain.Core.Bytes;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Core.SignIn;
using PrivChain.Core.Suites;
using PrivChain.Core.Tests.Json;

namespace PrivChain.Core.Tests.SignIn;

[TestClass]
public sealed class SignInMessageTests
{
    private const string Here = "node.example:7420";
    private static readonly AccountAddress Me = AccountAddress.Parse("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed");
    private static readonly LedgerDomain Domain = new(Digest.OfSha256("a ledger"u8), 31337);

    private static readonly SignInMessage Message = new(
        Here, Me, Domain.LedgerId, Domain.ChainId, "0123456789abcdef0123456789abcdef",
        DateTimeOffset.FromUnixTimeMilliseconds(1_790_000_000_123), DateTimeOffset.FromUnixTimeMilliseconds(1_790_000_120_123));

    [TestMethod]
    public void Parse_WhatWasWritten_IsTheSame()
    {
        Assert.AreEqual(Message, SignInMessage.Parse(Message.ToString()).OrThrow());
        StringAssert.StartsWith(Message.ToString(), $"{Here} wants you to sign in with your Ethereum account:\n{Me}\n\nSign in to the ledger", StringComparison.Ordinal);
    }

    [TestMethod]
    public void SigningDigest_IsKeccakOfPrefixLengthAndText()
    {
        var text = Message.ToString();
        Assert.AreEqual(
            new Digest(Keccak256.Hash(Encoding.UTF8.GetBytes($"\u0019Ethereum Signed Message:\n{Encoding.UTF8.GetByteCount(text)}{text}"))), Message.SigningDigest(Suite.International));
    }

    [TestMethod]
    public void DigestToSign_ForThisAccountLedgerAndAddress_IsTheMessages() =>
        Assert.AreEqual(Message.SigningDigest(Suite.International), SignInMessage.DigestToSign(Message.ToString(), Me, Domain, Here).OrThrow());

    [TestMethod]
    [DataRow("node.example")]
    [DataRow("node.example:7421")]
    [DataRow("xnode.example:7420")]
    [DataRow("NODE.example:7420")]
    public void DigestToSign_AnotherAddressThanDialled_IsRefused(string dialled) =>
        Assert.AreEqual(RefusalReason.WrongRecipient, SignInMessage.DigestToSign(Message.ToString(), Me, Domain, dialled).Reason);

    [TestMethod]
    public void DigestToSign_AnotherAccountLedgerOrChain_IsRefused()
    {
        Assert.AreEqual(RefusalReason.NotYours, Reason(Message with { Account = AccountAddress.Zero }));
        Assert.AreEqual(RefusalReason.WrongLedger, Reason(Message with { LedgerId = Digest.OfSha256("another"u8) }));
        Assert.AreEqual(RefusalReason.WrongLedger, Reason(Message with { ChainId = 1 }));

        static RefusalReason Reason(SignInMessage message) => SignInMessage.DigestToSign(message.ToString(), Me, Domain, Here).Reason;
    }

    // Nothing that a node makes of the text is signed, unless it is still a sign-in of this account on this ledger at this address.
    [TestMethod]
    public void DigestToSign_EveryTruncationAndChange_IsRefusedOrStillOurs()
    {
        var valid = Encoding.UTF8.GetBytes(Message.ToString());
        for (var length = 0; length < valid.Length; length++)
        {
            Assert.IsFalse(SignInMessage.Parse(Encoding.UTF8.GetString(valid, 0, length)).Accepted, $"accepted {length} bytes");
        }

        Assert.IsFalse(SignInMessage.Parse(Message + "\n").Accepted);
        Assert.IsFalse(SignInMessage.Parse(Message + "\nResources:").Accepted);
        Assert.IsFalse(SignInMessage.Parse(Message.ToString().ReplaceLineEndings("\r\n")).Accepted);
        Assert.AreEqual(RefusalReason.TooLarge, SignInMessage.Parse(new string('x', SignInMessage.MaxLength + 1)).Reason);
        Seeded.Mutations(valid, 4361, 3000, changed =>
        {
            var text = Encoding.UTF8.GetString(changed);
            if (SignInMessage.DigestToSign(text, Me, Domain, Here).Accepted)
            {
                var message = SignInMessage.Parse(text).OrThrow();
                Assert.AreEqual(text, message.ToString());
                Assert.AreEqual((Here, Me, Domain.LedgerId, Domain.ChainId), (message.Authority, message.Account, message.LedgerId, message.ChainId));
            }
        });
    }

    [TestMethod]
    [DataRow("http://127.0.0.1:7420", "127.0.0.1:7420")]
    [DataRow("http://127.0.0.1:80/", "127.0.0.1")]
    [DataRow("https://Node.Example:443", "node.example")]
    [DataRow("http://[::1]:7420", "[::1]:7420")]
    [DataRow("https://b\u00fccher.example:8443", "xn--bcher-kva.example:8443")]
    public void AuthorityOf_IsWhatAnHttpClientSends(string address, string wanted) => Assert.AreEqual(wanted, SignInMessage.AuthorityOf(new Uri(address)));
}
