using PrivChain.Core.Keys;
using PrivChain.Core.Refusals;
using PrivChain.Core.SignIn;
using PrivChain.Core.Suites;
using PrivChain.Core.Tests.Ledger;
using PrivChain.Node.Access;

namespace PrivChain.Node.Tests.Access;

[TestClass]
public sealed class SignInTests
{
    private const string Here = "127.0.0.1:7000";

    private readonly ManualTime _time = new(DateTimeOffset.FromUnixTimeMilliseconds((long)LedgerFixture.Start));
    private readonly LedgerFixture _ledger = new();
    private readonly Account _account = Account.Generate();

    [TestMethod]
    public void Exchange_ASignedMessage_GivesATokenForFifteenMinutes()
    {
        var book = Book();
        var message = book.Challenge(_account.Address, Here).OrThrow();
        StringAssert.StartsWith(message, $"{Here} wants you to sign in with your Ethereum account:\n{_account.Address}\n", StringComparison.Ordinal);
        StringAssert.Contains(message, $"Chain ID: {_ledger.Genesis.ChainId}\n", StringComparison.Ordinal);
        var token = Exchange(book, message).OrThrow();
        Assert.AreEqual(_account.Address, book.Caller(token.Token));
        _time.Advance(TimeSpan.FromMinutes(15));
        Assert.AreEqual(_account.Address, book.Caller(token.Token));
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.IsNull(book.Caller(token.Token));
        Assert.IsNull(book.Caller(token.Token + "A"));
    }

    [TestMethod]
    public void Exchange_Replayed_IsRefused()
    {
        var book = Book();
        var message = book.Challenge(_account.Address, Here).OrThrow();
        Exchange(book, message).OrThrow();
        Assert.AreEqual(RefusalReason.NotSignedIn, Exchange(book, message).Reason);
    }

    [TestMethod]
    public void Exchange_WrongSignatureOnce_SpendsTheMessage()
    {
        var book = Book();
        var message = book.Challenge(_account.Address, Here).OrThrow();
        using var other = Account.Generate();
        Assert.AreEqual(RefusalReason.BadSignature, book.Exchange(message, other.Sign(SignInMessage.Parse(message).OrThrow().SigningDigest(Suite.International)).ToArray(), Here).Reason);
        Assert.AreEqual(RefusalReason.NotSignedIn, Exchange(book, message).Reason);
    }

    [TestMethod]
    public void Exchange_WithAKeyOfTheOtherSuite_IsRefusedByName()
    {
        var book = Book();
        using var national = Account.Generate(Suite.National);
        var message = book.Challenge(_account.Address, Here).OrThrow();
        var signature = national.Sign(SignInMessage.Parse(message).OrThrow().SigningDigest(Suite.National)).ToArray();
        Assert.AreEqual(RefusalReason.WrongSuite, book.Exchange(message, signature, Here).Reason);

        var there = new SignInBook(new LedgerFixture(suite: Suite.National).Genesis, _time, new NodeLimits());
        message = there.Challenge(national.Address, Here).OrThrow();
        Assert.AreEqual(RefusalReason.WrongSuite, there.Exchange(message, Sign(message), Here).Reason);
    }

    [TestMethod]
    public void Exchange_AtAnotherAddress_IsRefused()
    {
        var book = Book();
        var message = book.Challenge(_account.Address, Here).OrThrow();
        Assert.AreEqual(RefusalReason.NotSignedIn, book.Exchange(message, Sign(message), "127.0.0.1:7001").Reason);
    }

    [TestMethod]
    public void Exchange_AfterTheMessageExpired_IsRefused()
    {
        var book = Book();
        var late = book.Challenge(_account.Address, Here).OrThrow();
        _time.Advance(TimeSpan.FromMinutes(2) + TimeSpan.FromMilliseconds(1));
        Assert.AreEqual(RefusalReason.Expired, Exchange(book, late).Reason);
        var inTime = book.Challenge(_account.Address, Here).OrThrow();
        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.IsTrue(Exchange(book, inTime).Accepted);
    }

    // The node never parses a message: one that it did not write, in every letter, is unknown.
    [TestMethod]
    public void Exchange_AnyLetterOfTheMessageChanged_IsRefused()
    {
        var book = Book();
        var message = book.Challenge(_account.Address, Here).OrThrow();
        for (var i = 0; i < message.Length; i++)
        {
            var changed = message[..i] + (char)(message[i] ^ 1) + message[(i + 1)..];
            Assert.AreEqual(RefusalReason.NotSignedIn, book.Exchange(changed, Sign(message), Here).Reason, $"letter {i}");
        }

        Assert.IsTrue(Exchange(book, message).Accepted);
    }

    [TestMethod]
    public void Challenge_MoreThanTheBookHolds_IsOverloadedUntilOldOnesEnd()
    {
        var book = new SignInBook(_ledger.Genesis, _time, new NodeLimits { SignIns = 3 });
        for (var i = 0; i < 3; i++)
        {
            book.Challenge(_account.Address, Here).OrThrow();
        }

        Assert.AreEqual(RefusalReason.Overloaded, book.Challenge(_account.Address, Here).Reason);
        _time.Advance(TimeSpan.FromMinutes(3));
        Assert.IsTrue(book.Challenge(_account.Address, Here).Accepted);
    }

    [TestMethod]
    public void Challenge_Twice_NeverGivesTheSameMessage()
    {
        var book = Book();
        Assert.AreNotEqual(book.Challenge(_account.Address, Here).OrThrow(), book.Challenge(_account.Address, Here).OrThrow());
    }

    private SignInBook Book() => new(_ledger.Genesis, _time, new NodeLimits());

    private byte[] Sign(string message) => _account.Sign(SignInMessage.Parse(message).OrThrow().SigningDigest(Suite.International)).ToArray();

    private Verdict<SignInToken> Exchange(SignInBook book, string message) => book.Exchange(message, Sign(message), Here);
}
