using System.Text;
using System.Text.Json.Nodes;
using PrivChain.Core.Bytes;
using PrivChain.Core.Documents;
using PrivChain.Core.Keys;
using PrivChain.Core.Ledger;
using PrivChain.Core.Tests.Ledger;
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
}
