using System.Text;
using System.Text.Json.Nodes;
using PrivChain.Cli.Deployment;
using PrivChain.Core.Bytes;
using PrivChain.Core.Contracts;
using PrivChain.Core.Hpke;
using PrivChain.Core.Ledger;
using PrivChain.Core.Records;
using PrivChain.Core.Refusals;
using PrivChain.Sdk.Query;

namespace PrivChain.EndToEnd.Tests;

/// <summary>P2: an institution learns what the contract's forms show and nothing else; enclaves get keys of named fields only.</summary>
[TestClass]
public sealed class P2_NothingBeyondTheContract
{
    private static readonly RoleKeys _other = RoleKeys.Generate();
    private static World _world = null!;
    private static Digest _identity;
    private static Digest _income;
    private static PrivacyContract _age = null!;
    private static PrivacyContract _mortgage = null!;

    [ClassInitialize]
    public static async Task StartAsync(TestContext context)
    {
        _world = await SharedWorld.JoinAsync();
        _identity = await _world.IssueIdentityAsync();
        _income = await _world.IssueAsync("income-statement/1", Income());
        _age = await _world.PublishAsync("age-check");
        _mortgage = await _world.PublishAsync("mortgage-precheck");
        await _world.EnrolAsync(LedgerRole.Institution, _other.Profile("Other Bank", "另一家银行", "-", "-", "CN", signsRecords: false));
    }

    [ClassCleanup]
    public static async Task StopAsync()
    {
        _other.Dispose();
        await _world.DisposeAsync();
    }

    [TestMethod]
    [Timeout(60_000, CooperativeCancellation = true)]
    public async Task Institution_SeesTheFormsResultsAndNoValue()
    {
        var consent = await _world.ConsentAsync(_mortgage, uses: 2);
        var answer = await _world.Institution.QueryAsync(consent);
        Assert.IsNull(answer.Refusal, answer.Refusal?.ToString());
        CollectionAssert.AreEquivalent(_mortgage.Shows.Select(field => field.Name).ToArray(), answer.Shows.Keys.ToArray());

        // Every value of both records, not one of which any form of this contract shows whole.
        var needles = new Needles().Number("monthly", 23457.13).Number("annual", 281489.57);
        foreach (var (name, value) in World.IdentityClaims().Concat(Income()))
        {
            if (value!.GetValueKind() == System.Text.Json.JsonValueKind.String && value.GetValue<string>() is { Length: > 3 } text and not "female")
            {
                needles.Text(name, text);
            }
        }

        var receipt = await answer.GetReceiptAsync();
        (string, byte[])[] received =
        [
            ("answer", answer.Json.ToArray()), ("receipt", Encoding.UTF8.GetBytes(receipt.ToJson())), ("details", consent.Details.ToArray()),
            ("contract", consent.Contract.Text.ToArray()), ("entry", consent.Entry.Entry.ToArray()),
        ];
        foreach (var (place, bytes) in received)
        {
            var found = needles.FindIn(place, bytes);
            Assert.IsEmpty(found, string.Join('\n', found));
        }

        // The masked number shows its end, and the search would have found the whole.
        Assert.Contains("402X", Encoding.UTF8.GetString(answer.Json.Span));
        Assert.IsNotEmpty(needles.FindIn("the record", Encoding.UTF8.GetBytes(Income().ToJsonString())));
    }

    [TestMethod]
    [Timeout(60_000, CooperativeCancellation = true)]
    public async Task Query_ForAFieldOutsideTheContract_IsRefusedAndSpendsNothing()
    {
        var consent = await _world.ConsentAsync(_age, uses: 1);
        await using var session = await _world.Institution.OpenSessionAsync();
        Assert.IsTrue(SchemaCatalog.BuiltIn.TryFind("identity-card/1", out var schema));
        var unnamed = schema.Fields.Select(field => "identity-card." + field.Name).Where(name => _age.Find(name) is null).Append("income-statement.monthly").Append("no-such.field").ToList();
        Assert.IsGreaterThan(5, unnamed.Count);
        foreach (var field in unnamed)
        {
            Assert.AreEqual(RefusalReason.FieldNotInContract, (await session.QueryAsync(consent, [field])).Refusal?.Reason, field);
            Assert.AreEqual(RefusalReason.FieldNotInContract, (await session.QueryAsync(consent, ["identity-card.birthDate", field])).Refusal?.Reason, field);
        }

        // The one use is still there.
        Assert.IsNull((await session.QueryAsync(consent)).Refusal);
        Assert.AreEqual(RefusalReason.Exhausted, (await session.QueryAsync(consent)).Refusal?.Reason);
    }

    [TestMethod]
    [Timeout(60_000, CooperativeCancellation = true)]
    public async Task Query_ForAnOptionalFieldThatWasNotGranted_IsRefused()
    {
        var consent = await _world.ConsentAsync(_mortgage, uses: 2);
        Assert.DoesNotContain("property-certificate.address", consent.Details.Fields);
        var asked = consent.Details.Fields.Append("property-certificate.address");
        Assert.AreEqual(RefusalReason.FieldNotInContract, (await _world.Institution.QueryAsync(consent, asked)).Refusal?.Reason);
    }

    [TestMethod]
    [Timeout(60_000, CooperativeCancellation = true)]
    public async Task Consent_UsedByAnotherInstitution_IsRefused()
    {
        var consent = await _world.ConsentAsync(_age, uses: 1);
        var other = new InstitutionClient(_world.Connection, _other.Account, _other.EncryptionKey);
        Assert.AreEqual(RefusalReason.NotYours, (await other.QueryAsync(consent)).Refusal?.Reason);
        Assert.IsNull((await _world.Institution.QueryAsync(consent)).Refusal);
    }

    [TestMethod]
    [Timeout(60_000, CooperativeCancellation = true)]
    public async Task Session_WithAKeyThatIsNotEnrolled_IsRefused()
    {
        using var thief = HpkePrivateKey.Generate(HpkeKem.XWing);
        foreach (var key in new[] { thief, _other.EncryptionKey })
        {
            var institution = new InstitutionClient(_world.Connection, _world.Bank.Account, key);
            Assert.AreEqual(RefusalReason.WrongRecipient, (await Assert.ThrowsExactlyAsync<RefusalException>(() => institution.OpenSessionAsync())).Reason);
        }
    }

    [TestMethod]
    [Timeout(60_000, CooperativeCancellation = true)]
    public async Task Consent_UsedWithALaterKeyOfTheInstitution_IsRefused()
    {
        // The citizen named one key; that the institution enrolled another one since does not move the consent to it.
        using var keys = RoleKeys.Generate();
        await _world.EnrolAsync(LedgerRole.Institution, keys.Profile("Renewing Bank", "换钥银行", "-", "-", "CN", signsRecords: false));
        var before = new InstitutionClient(_world.Connection, keys.Account, keys.EncryptionKey);
        var consent = await _world.ConsentAsync(await _world.PublishAsync("age-check", before, keys), uses: 2, institution: before);
        using var later = HpkePrivateKey.Generate(HpkeKem.XWing);
        await _world.EnrolAsync(LedgerRole.Institution, new Core.Documents.OrganisationProfile
        {
            Account = keys.Account.Address, NameEn = "Renewing Bank", NameZh = "换钥银行", Contact = "-", PostalAddress = "-", Jurisdiction = "CN",
            EncryptionKey = later.PublicKey, IssuerAlgorithm = string.Empty, IssuerKey = ReadOnlyMemory<byte>.Empty,
        });
        var after = new InstitutionClient(_world.Connection, keys.Account, later);
        Assert.AreEqual(RefusalReason.WrongRecipient, (await after.QueryAsync(consent)).Refusal?.Reason);
        Assert.IsNull((await before.QueryAsync(consent)).Refusal);
    }

    [TestMethod]
    [Timeout(60_000, CooperativeCancellation = true)]
    public async Task KeyShare_HoldsKeysOfNamedFieldsAndOpensNoOther()
    {
        using var broken = await BrokenEnclave.OpenAsync(_world);
        foreach (var (contract, named) in new[]
        {
            (_age, Parts(_identity, "identity-card/1", "birthDate")),
            (_mortgage, Parts(_identity, "identity-card/1", "birthDate", "idNumber").Concat(Parts(_income, "income-statement/1", "monthly"))),
        })
        {
            var consent = await _world.ConsentAsync(contract);
            using var share = broken.OpenShare(_world, contract.Digest, consent.Entry.Entry.Signer, NodeDisk.ConsentPackage(_world, consent.Digest));
            var held = share.Parts.ToList();
            CollectionAssert.AreEquivalent(named.ToList(), held);

            // Whoever broke the enclave tries each of its keys on every part of every record.
            foreach (var (digest, schemaId) in new[] { (_identity, "identity-card/1"), (_income, "income-statement/1") })
            {
                Assert.IsTrue(SealedRecord.TryParse(NodeDisk.Record(_world, digest), out var record));
                Assert.IsTrue(SchemaCatalog.BuiltIn.TryFind(schemaId, out var schema));
                for (var part = 0; part <= schema.Fields.Count; part++)
                {
                    foreach (var (keyRecord, keyPart) in held)
                    {
                        Assert.IsTrue(share.TryGetKey(keyRecord, keyPart, out var key));
                        Assert.AreEqual(keyRecord == digest && keyPart == part, record.OpenPart(schema, part, key).Accepted, $"{schemaId} part {part} with the key of part {keyPart}");
                    }
                }
            }
        }
    }

    private static IEnumerable<(Digest Record, ushort Part)> Parts(Digest record, string schemaId, params string[] fields)
    {
        Assert.IsTrue(SchemaCatalog.BuiltIn.TryFind(schemaId, out var schema));
        return [(record, (ushort)RecordKeys.IssuerPart), .. fields.Select(field => (record, (ushort)(schema.IndexOf(field) + 1)))];
    }

    private static JsonObject Income() => new()
    {
        ["employer"] = "Qinhuai Peculiar Instruments 7719", ["position"] = "首席钟表匠人甲", ["monthly"] = 23457.13, ["annual"] = 281489.57, ["currency"] = "CNY", ["taxYear"] = 2025, ["from"] = "2011-07-23",
    };
}
