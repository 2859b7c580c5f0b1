using System.Text;
using System.Text.Json.Nodes;
using PrivChain.Core.Bytes;
using PrivChain.Core.Documents;
using PrivChain.Core.Hpke;
using PrivChain.Core.Keys;
using PrivChain.Core.Ledger;
using PrivChain.Core.Tests.Ledger;
using PrivChain.Core.Suites;
using PrivChain.Core.TypedData;

namespace PrivChain.Core.Tests.Interop;

/// <summary>Any Ethereum wallet can show and sign our documents: ethers and viem hash them as we do, and each side accepts the other's signature.</summary>
[TestClass]
public sealed class WalletInteropTests
{
    private static readonly Digest _salt = LedgerFixture.RandomDigest();

    [TestMethod]
    public void EveryDocument_WalletText_HasTheDigestOfTheEntry()
    {
        var ledger = new LedgerFixture();
        foreach (var (entry, text) in Documents(ledger))
        {
            var document = TypedDataDocument.Parse(Encoding.UTF8.GetBytes(text)).OrThrow();
            Assert.AreEqual(entry.DocumentDigest, document.StructHash, entry.Kind.ToString());
            Assert.AreEqual(ledger.Domain.SigningDigest(entry.DocumentDigest), document.SigningDigest, entry.Kind.ToString());
        }
    }

    [TestMethod]
    public void EveryDocument_EthersAndViem_AgreeOnHashSignerAndSignature()
    {
        var ledger = new LedgerFixture();
        Span<byte> key = stackalloc byte[Account.PrivateKeySize];
        ledger.Citizen.ExportPrivateKey(key);
        foreach (var (entry, text) in Documents(ledger))
        {
            var wanted = ledger.Domain.SigningDigest(entry.DocumentDigest);
            var result = Counterpart.Run("eip712.mjs", new JsonObject
            {
                ["typedData"] = JsonNode.Parse(text),
                ["signature"] = entry.Signature.ToString(),
                ["privateKey"] = Hex.Encode(key),
            });
            foreach (var wallet in new[] { "ethers", "viem" })
            {
                var answer = result.GetProperty(wallet);
                Assert.AreEqual(wanted.ToString(), answer.GetProperty("hash").GetString(), $"{wallet}, {entry.Kind}");
                Assert.AreEqual(entry.Signer.ToString(), answer.GetProperty("recovered").GetString(), $"{wallet}, {entry.Kind}");
                Assert.IsTrue(Secp256k1Signature.TryParse(answer.GetProperty("signature").GetString(), out var signature), wallet);
                Assert.IsTrue(ledger.Domain.Verify(ledger.Citizen.Address, entry.DocumentDigest, signature), $"{wallet}, {entry.Kind}");
            }
        }
    }

    // What is no entry: the statement of a key, and a message.
    [TestMethod]
    public async Task KeyStatementAndMessage_EthersAndViem_AgreeOnHashAndSigner()
    {
        var ledger = new LedgerFixture();
        var signer = new ShownSigner(ledger.Citizen);
        using var key = HpkePrivateKey.Generate(HpkeKem.XWing);
        var statement = await KeyStatement.SignAsync(ledger.Domain, signer, key.PublicKey, ulong.MaxValue);
        Assert.IsTrue(KeyStatement.Verify(ledger.Domain, statement.ToArray()).Accepted);
        var box = await InboxMessage.SealAsync(ledger.Domain, signer, ledger.Institution.Address, key.PublicKey, InboxMessageKind.Refused, 7, "no 不"u8.ToArray());
        Assert.IsTrue(InboxMessage.TryOpen(ledger.Domain, ledger.Institution.Address, key, box, out var message));
        Assert.AreEqual(ledger.Citizen.Address, message.Sender);
        Assert.HasCount(2, signer.Shown);
        foreach (var (digest, text) in signer.Shown)
        {
            Assert.AreEqual(digest, TypedDataDocument.Parse(Encoding.UTF8.GetBytes(text)).OrThrow().SigningDigest);
            var privateKey = new byte[Account.PrivateKeySize];
            ledger.Citizen.ExportPrivateKey(privateKey);
            var result = Counterpart.Run("eip712.mjs", new JsonObject
            {
                ["typedData"] = JsonNode.Parse(text), ["signature"] = ledger.Citizen.Sign(digest).ToString(), ["privateKey"] = Hex.Encode(privateKey),
            });
            foreach (var wallet in new[] { "ethers", "viem" })
            {
                Assert.AreEqual(digest.ToString(), result.GetProperty(wallet).GetProperty("hash").GetString(), wallet);
                Assert.AreEqual(ledger.Citizen.Address.ToString(), result.GetProperty(wallet).GetProperty("recovered").GetString(), wallet);
            }
        }
    }

    private static IEnumerable<(Entry Entry, string Text)> Documents(LedgerFixture ledger)
    {
        var citizen = ledger.As(ledger.Citizen);
        var details = LedgerFixture.Details() with { Title = "房贷预审", Fields = [] };
        var grant = citizen.Grant(ledger.Contract, ledger.Institution.Address, 1, ulong.MaxValue, uint.MaxValue, 3, details);
        yield return (grant, EntryTypedData.ToJson(ledger.Domain, grant, details));

        var reason = new StatedReason("changed my mind 😀", _salt);
        var revocation = citizen.Revoke(grant.DocumentDigest, reason);
        yield return (revocation, EntryTypedData.ToJson(ledger.Domain, revocation, reason));

        var erasure = citizen.Erase(_salt, reason);
        yield return (erasure, EntryTypedData.ToJson(ledger.Domain, erasure, reason));

        var anchorDetails = new AnchorDetails("identity-card/1", _salt);
        var anchor = citizen.Anchor(_salt, ledger.Citizen.Address, anchorDetails);
        yield return (anchor, EntryTypedData.ToJson(ledger.Domain, anchor, anchorDetails));

        var sessionDetails = new SessionDetails(_salt, _salt);
        var session = citizen.Session(ledger.Worker.Address, _salt, 1, 2, sessionDetails);
        yield return (session, EntryTypedData.ToJson(ledger.Domain, session, sessionDetails));

        foreach (var entry in new[]
        {
            citizen.Enrol(LedgerRole.Institution, ledger.Institution.Address, _salt, _salt, 1, 2, 3), citizen.Expel(LedgerRole.Issuer, ledger.Issuer.Address, _salt, _salt),
            citizen.Publish(_salt, 1, 2, 3), citizen.Approve(_salt, _salt), citizen.Withdraw(_salt, _salt), citizen.Use(_salt, ledger.Worker.Address, 1, _salt), citizen.Deliver(_salt, _salt),
        })
        {
            yield return (entry, EntryTypedData.ToJson(ledger.Domain, entry));
        }
    }

    private sealed class ShownSigner(Account account) : IAccountSigner
    {
        public List<(Digest Digest, string Text)> Shown { get; } = [];

        public AccountAddress Address => account.Address;

        public Suite Suite => account.Suite;

        public ValueTask<AccountSignature> SignTypedAsync(Digest digest, Func<string> json, CancellationToken cancellationToken = default)
        {
            Shown.Add((digest, json()));
            return new(account.Sign(digest));
        }

        public ValueTask<AccountSignature> SignMessageAsync(Digest digest, string message, CancellationToken cancellationToken = default) => throw new NotSupportedException();
    }
}
