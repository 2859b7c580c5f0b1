using System.Text;
using System.Text.Json;
using PrivChain.Core.Bytes;
using PrivChain.Core.Consent;
using PrivChain.Core.Contracts;
using PrivChain.Core.Documents;
using PrivChain.Core.Hpke;
using PrivChain.Core.Json;
using PrivChain.Core.Keys;
using PrivChain.Core.Ledger;
using PrivChain.Core.Records;
using PrivChain.Core.Refusals;
using PrivChain.Core.SignIn;
using PrivChain.Core.TypedData;

namespace PrivChain.Fuzz.Core;

/// <summary>Documents, records and contracts. A refusal must name a reason; what is taken and has one encoding must be written again as it came.</summary>
internal static class DocumentHarnesses
{
    private static readonly HpkePrivateKey _key = HpkePrivateKey.FromSeed(HpkeKem.X25519, new byte[32]);
    private static readonly LedgerDomain _domain = new(default, 31337);
    private static readonly AccountAddress _account = new(Enumerable.Repeat((byte)0x5a, AccountAddress.Size).ToArray());

    public static IReadOnlyList<Harness> All { get; } =
    [
        Harness.OfOneEncoding("request-refusal", bytes => RequestRefusal.TryParse(bytes, out var read) ? read.ToArray() : null, () => [new RequestRefusal(default, "no").ToArray()]),
        Harness.OfOneEncoding("review-note", bytes => ReviewNote.Verify(_domain, bytes) is { Accepted: true } read ? read.Value.ToArray() : null, () => [Note()]),
        Harness.OfOneEncoding("audit-copy", bytes => AuditCopy.TryParse(bytes, out var read) ? read.ToArray() : null, () => [new AuditCopy { ReceiptCore = "{}"u8.ToArray(), Query = new byte[] { 1 }, Path = [default, default] }.ToArray()]),
        Harness.OfOneEncoding("refusal-tally", bytes => RefusalTally.TryParse(bytes, out var read) ? read.ToArray() : null,
            () => [new RefusalTally { Sequence = 1, Rows = [] }.ToArray(), new RefusalTally { Sequence = 2, Rows = [new RefusedQueries(DateOnly.FromDayNumber(740_000), _account, RefusalReason.Revoked, 3)] }.ToArray()]),
        Harness.OfOneEncoding("consent-request", bytes => ConsentRequest.TryParse(bytes, out var read) ? read.ToArray() : null,
            () => [new ConsentRequest { Contract = default, Uses = 1, ValidSeconds = 2, Message = "您好", Nonce = default }.ToArray()]),
        Harness.OfOneEncoding("consent-details", bytes => ConsentDetails.TryParse(bytes, out var read) ? read.ToArray() : null, () => [Details().ToArray()]),
        Harness.OfOneEncoding("consent-notice", bytes => ConsentNotice.TryParse(bytes, out var read) ? read.ToArray() : null, () => [new ConsentNotice(default, Details()).ToArray()]),
        Harness.OfOneEncoding("consent-package", bytes => ConsentPackage.TryParse(bytes, out var read) ? read.ToArray() : null,
            () => [new ConsentPackage([new BrokerBoxes(_account, [1, 2], [3]), new BrokerBoxes(default, [4], [5, 6])]).ToArray()]),
        Harness.OfOneEncoding("record-notice", bytes => RecordNotice.TryParse(bytes, out var read) ? read.ToArray() : null, () => [new RecordNotice(default, new AnchorDetails("a/1", default)).ToArray()]),
        Harness.OfOneEncoding("key-share", bytes => KeyShare.TryParse(bytes, out var read) ? read.ToArray() : null, () => [Share()]),
        Harness.OfOneEncoding("query", bytes => QueryDocument.TryParse(bytes, out var read) ? read.ToArray() : null,
            () => [new QueryDocument { Consent = default, Nonce = default, Fields = ["a.b", "c.d"] }.ToArray()]),
        Harness.OfOneEncoding("answer-envelope", bytes => AnswerEnvelope.TryParse(bytes, out var read) ? read.ToArray() : null, Answers),
        Harness.OfOneEncoding("organisation-profile", bytes => OrganisationProfile.TryParse(bytes, out var read) ? read.ToArray() : null, () => [Organisation().ToArray()]),
        Harness.OfOneEncoding("broker-profile", bytes => BrokerProfile.TryParse(bytes, out var read) ? read.ToArray() : null,
            () =>
            [
                new BrokerProfile { Account = _account, EncryptionKey = _key.PublicKey, Evidence = new byte[] { 9 } }.ToArray(),
                new BrokerProfile { Account = _account, EncryptionKey = _key.PublicKey, Evidence = new byte[] { 9 }, Operator = _account }.ToArray(),
            ]),
        new Harness("receipt", bytes => ReceiptCore.Parse(bytes).Accepted),
        new Harness("consent-record", bytes => DpvConsentRecord.Parse(bytes).Accepted),
        new Harness("sealed-record", bytes => SealedRecord.TryParse(bytes, out _), () => [Record()]),
        new Harness("record-schema", bytes => RecordSchema.Parse(bytes).Accepted, () => Embedded("records/")),
        new Harness("contract", bytes => PrivacyContract.Parse(bytes, SchemaCatalog.BuiltIn).Accepted, () => Embedded("contracts/")),
        new Harness("purpose-profile", bytes => PurposeProfile.Parse(bytes).Accepted, () => Embedded("profiles/")),
        new Harness("typed-data", bytes => TypedDataDocument.Parse(bytes).Accepted),
        new Harness("strict-json", bytes => StrictJson.Parse(bytes).Accepted),
        new Harness("sd-jwt", bytes => SdJwt.Parse(Encoding.UTF8.GetString(bytes)).Accepted || SdJwt.ParseJson(bytes).Accepted),
        new Harness("disclosure", bytes => Disclosure.Parse(Encoding.UTF8.GetString(bytes)).Accepted || Disclosure.ParseJson(bytes).Accepted, () => ["[\"_26bc4LT-ac6q2KI6cBW5es\", \"family_name\", \"Möbius\"]"u8.ToArray()]),
        new Harness("sign-in", bytes => SignInMessage.Parse(Encoding.UTF8.GetString(bytes)).Accepted, () => [Encoding.UTF8.GetBytes(new SignInMessage(
            "node.example:7420", _account, default, 31337, "0123456789abcdef0123456789abcdef", DateTimeOffset.FromUnixTimeMilliseconds(1_790_000_000_123), DateTimeOffset.FromUnixTimeMilliseconds(1_790_000_120_123)).ToString())]),
    ];

    private static byte[] Note()
    {
        using var regulator = Account.Generate();
        return ReviewNote.Sign(_domain, regulator, default, "too much", 5).OrThrow().ToArray();
    }

    private static ConsentDetails Details() => new()
    {
        ControllerName = "bank", Title = "pre-check", Purpose = "dpv:CreditChecking", Fields = ["identity-card.birthDate"], Records = [default], RecipientKey = default, CitizenKey = default, KeyPackage = default,
        Brokers = [default], Threshold = 1, Salt = default,
    };

    private static byte[] Share()
    {
        using var share = KeyShare.Create(_key.PublicKey, new byte[32], default, [(default, 0, new byte[32]), (default, 3, new byte[32])]);
        return share.ToArray();
    }

    private static IEnumerable<byte[]> Answers() =>
    [
        AnswerEnvelope.Refused(default, RefusalReason.Revoked).ToArray(),
        new AnswerEnvelope { Queries = default, Reason = RefusalReason.None, Answer = "{}"u8.ToArray(), OutputSalt = default, ReceiptCore = "{}"u8.ToArray(), UseIndex = 3, DeliveryIndex = 4 }.ToArray(),
    ];

    private static OrganisationProfile Organisation() => new()
    {
        Account = _account, NameEn = "Bank of Jinling", NameZh = "金陵银行", Contact = "+86 25 5555 0000", PostalAddress = "1 Drum Tower Street", Jurisdiction = "CN",
        EncryptionKey = _key.PublicKey, IssuerAlgorithm = "ES256", IssuerKey = new byte[65], Certificates = [new byte[] { 1 }], CertificateSignature = new byte[] { 2 },
    };

    private static byte[] Record()
    {
        const string Claims = """
            {"familyName":"Li","givenName":"Ming","fullNameZh":"李明","idNumber":"11010119900307123X","birthDate":"1990-03-07","sex":"male","nationality":"CN","address":"1","issuingAuthority":"2"}
            """;
        using var issuer = IssuerKey.Generate(EcdsaJws.Es256);
        return SchemaCatalog.BuiltIn.TryFind("identity-card/1", out var schema)
            ? SealedRecord.Create(schema, JsonElement.Parse(Claims), issuer, "https://issuer.example", _account, _key.PublicKey, 1_800_000_000).Value!.Bytes.ToArray()
            : throw new InvalidOperationException("the schema of identity cards is built in");
    }

    // The texts that the rules carry are the best seeds for their own readers.
    private static IEnumerable<byte[]> Embedded(string folder)
    {
        var assembly = typeof(PrivacyContract).Assembly;
        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.StartsWith(folder, StringComparison.Ordinal)))
        {
            using var stream = assembly.GetManifestResourceStream(name)!;
            using var bytes = new MemoryStream();
            stream.CopyTo(bytes);
            yield return bytes.ToArray();
        }
    }
}
