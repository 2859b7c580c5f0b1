using System.Text;
using System.Text.Json.Nodes;
using PrivChain.Core.Bytes;
using PrivChain.Core.Consent;
using PrivChain.Core.Documents;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Core.Tests.Ledger;
using PrivChain.Sdk.Receipts;

namespace PrivChain.Sdk.Tests.Receipts;

/// <summary>A consent record against the trail: what the ledger bears out holds, one thing changed does not, and what became of the consent since is told.</summary>
[TestClass]
public sealed class ConsentRecordVerifierTests
{
    private readonly ReceiptFixture _fixture = new();

    [TestMethod]
    public void Verify_Genuine_HoldsAndSaysWhatItCannotShow()
    {
        var report = Verify(Record());
        Assert.IsTrue(report.Valid, report.Failed?.ToString());
        Assert.AreEqual(_fixture.Receipt.Consent.Index, report.Grant!.Index);
        Assert.IsNotEmpty(report.NotChecked);
        Assert.IsFalse(ConsentRecordVerifier.IsConsentRecord(Encoding.UTF8.GetBytes(_fixture.Receipt.ToJson())));
        Assert.IsTrue(ConsentRecordVerifier.IsConsentRecord(Bytes(Record())));
    }

    [TestMethod]
    public void Verify_WithoutATrail_IsIncomplete()
    {
        var report = ConsentRecordVerifier.Verify(Bytes(Record()), null, null);
        Assert.AreEqual(RefusalReason.Incomplete, report.Failed?.Refusal?.Reason);
        Assert.AreEqual(RefusalReason.Malformed, ConsentRecordVerifier.Verify("""{"@type":"dpv:ConsentRecord"}"""u8, _fixture.Trail(), null).Failed?.Refusal?.Reason);
    }

    [TestMethod]
    public void Verify_OneThingChanged_NamesIt()
    {
        Refused("dct:identifier", RefusalReason.UnknownReference, record => record["dct:identifier"] = LedgerFixture.RandomDigest().ToString());
        Refused("dct:identifier", RefusalReason.UnknownReference, record => record["dct:identifier"] = "none");
        Refused("dct:identifier", RefusalReason.Incomplete, record =>
        {
            record["dct:identifier"] = LedgerFixture.RandomDigest().ToString();
            record["privchain:ledger"]!["privchain:index"] = 1000;
        });
        Refused("privchain:ledger", RefusalReason.DigestMismatch, record => record["privchain:ledger"]!["privchain:index"] = 3);
        Refused("privchain:ledger", RefusalReason.DigestMismatch, record => record["privchain:ledger"]!["privchain:origin"] = "ledger.example/other");
        Refused("dpv:hasDataSubject", RefusalReason.DigestMismatch, record => record["dpv:hasDataSubject"] = _fixture.Ledger.Issuer.Address.ToString());
        Refused("dpv:hasDataController", RefusalReason.DigestMismatch, record => record["dpv:hasDataController"] = _fixture.Ledger.Issuer.Address.ToString());
        Refused("dpv:hasNotice", RefusalReason.DigestMismatch, record => record["dpv:hasNotice"]!["@id"] = $"urn:privchain:contract:{Digest.Zero}");
        Refused("dpv:hasDuration", RefusalReason.DigestMismatch, record => Process(record)["dpv:hasDuration"]!["schema:endTime"] = "2030-01-01T00:00:00Z");
        Refused("dpv:hasDuration", RefusalReason.DigestMismatch, record => Process(record)["dpv:hasDuration"]!.AsObject().Remove("schema:startTime"));
        Refused("dpv:hasProcess", RefusalReason.DigestMismatch, record => Process(record)["dpv:hasPurpose"]!["dct:identifier"] = "dpv:Marketing");
        Refused("dpv:hasProcess", RefusalReason.DigestMismatch, record => Process(record)["dpv:hasPersonalData"]![0]!["privchain:form"] = "value");
        Refused("dpv:hasProcess", RefusalReason.DigestMismatch, record => Process(record)["dpv:hasPersonalData"]![0]!["privchain:granted"] = false);
        Refused("dpv:hasProcess", RefusalReason.DigestMismatch, record => Process(record)["dpv:hasPersonalData"]!.AsArray().Clear());
        Refused("dpv:hasProcess", RefusalReason.DigestMismatch, record => Process(record)["privchain:limits"]!["privchain:maxUses"] = 1);
        Refused("dpv:hasConsentStatus", RefusalReason.DigestMismatch, record => State(record, 0)["dpv:isIndicatedAtTime"] = "2020-01-01T00:00:00Z");
        Refused("dpv:hasConsentStatus", RefusalReason.DigestMismatch, record => State(record, 0)["privchain:index"] = 1);
    }

    // The trail is looked at first: a record that fits one which does not hold is not borne out.
    [TestMethod]
    public void Verify_TrailThatDoesNotHold_IsRefused()
    {
        var trail = _fixture.Trail();
        var path = trail.Paths.First(name => name.Contains("entries", StringComparison.Ordinal));
        var content = trail.Read(path)!.Value.ToArray();
        content[50] ^= 1;
        trail.Write(path, content);
        Assert.AreEqual("trail", ConsentRecordVerifier.Verify(Bytes(Record()), trail, _fixture.Ledger.Domain.LedgerId).Failed?.Field);
        Assert.AreEqual(RefusalReason.WrongLedger, ConsentRecordVerifier.Verify(Bytes(Record()), _fixture.Trail(), LedgerFixture.RandomDigest()).Failed?.Refusal?.Reason);
    }

    [TestMethod]
    public void Verify_WhatBecameOfIt_IsTheTrails()
    {
        var given = Record();
        var early = Record(State(ConsentState.Withdrawn, LedgerFixture.Start / 1000, 3));
        Assert.AreEqual(RefusalReason.UnknownReference, Verify(early).Failed?.Refusal?.Reason, "taken back before it was");
        Assert.AreEqual(RefusalReason.Incomplete, Verify(Record(State(ConsentState.Withdrawn, LedgerFixture.Start / 1000, 1000))).Failed?.Refusal?.Reason, "the trail ends before it");
        Assert.IsTrue(Verify(Record(State(ConsentState.Expired, LedgerFixture.StartSeconds + 86_400, null))).Valid);
        Assert.AreEqual(RefusalReason.UnknownReference, Verify(Record(State(ConsentState.Expired, LedgerFixture.StartSeconds + 86_401, null))).Failed?.Refusal?.Reason);
        Assert.AreEqual(RefusalReason.UnknownReference, Verify(Record(State(ConsentState.Expired, LedgerFixture.StartSeconds, _fixture.Receipt.Use.Index))).Failed?.Refusal?.Reason, "uses are left");

        var ledger = _fixture.Ledger;
        Assert.AreEqual(RefusalReason.None, ledger.Apply(ledger.As(ledger.Citizen).Revoke(_fixture.Consent, new StatedReason("enough", LedgerFixture.RandomDigest()))));
        Assert.AreEqual(RefusalReason.Revoked, Verify(given).Failed?.Refusal?.Reason, "the file does not say that it was taken back");
        var at = (ulong)ledger.Leaves.Count - 1;
        Assert.IsTrue(Entry.TryParse(ledger.Leaves[^1], out var revocation));
        var report = Verify(Record(State(ConsentState.Withdrawn, revocation.Time / 1000, at)));
        Assert.IsTrue(report.Valid, report.Failed?.ToString());
        Assert.AreEqual(at, report.Grant!.RevokedAt);
    }

    private void Refused(string field, RefusalReason reason, Action<JsonObject> change)
    {
        var record = Record();
        change(record);
        var failed = Verify(record).Failed;
        Assert.AreEqual((field, reason), (failed?.Field, failed?.Refusal?.Reason ?? RefusalReason.None), record.ToJsonString());
    }

    private ConsentRecordReport Verify(JsonObject record) => ConsentRecordVerifier.Verify(Bytes(record), _fixture.Trail(), _fixture.Ledger.Domain.LedgerId);

    private static byte[] Bytes(JsonObject record) => Encoding.UTF8.GetBytes(record.ToJsonString());

    private static JsonObject Process(JsonObject record) => record["dpv:hasProcess"]![0]!.AsObject();

    private static JsonObject State(JsonObject record, int number) => record["dpv:hasConsentStatus"]![number]!.AsObject();

    private static ConsentEvent State(ConsentState state, ulong seconds, ulong? index) => new(state, DateTimeOffset.FromUnixTimeSeconds((long)seconds), "somebody", "somehow", (long?)index);

    private JsonObject Record(params ConsentEvent[] ends)
    {
        var contract = _fixture.Contract;
        var index = _fixture.Receipt.Consent.Index;
        Assert.IsTrue(Entry.TryParse(_fixture.Ledger.Leaves[(int)index], out var grant));
        return JsonNode.Parse(ConsentRecordExport.Write(
            new ConsentFacts
            {
                RecordId = _fixture.Consent.ToString(),
                Principal = grant.Signer.ToString(),
                Controller = new ConsentParty(grant.Party.ToString(), "Jinling Cinema", "1 Example Road", "office@example.org"),
                ConsentManager = "1 of 1",
                Sources = [],
                Contract = $"{contract.Id}/{contract.Version}",
                NoticeDigest = contract.Digest.ToString(),
                NoticeLanguage = "en",
                Purpose = contract.Purpose,
                PurposeText = contract.Title.En,
                Items = [.. contract.Shows.Select(field => new ConsentItem(
                    field.Name, field.Field.Category, Encoding.UTF8.GetString(field.Form.ToJson()), field.Optional, Granted: true, field.Field.Sensitivity))],
                Limits = contract.Limits,
                StorageLocations = ["loc:CN"],
                Recipients = [],
                LegalBasis = contract.LegalBasis,
                Jurisdiction = "loc:CN",
                WithdrawalMethod = "revoke it",
                ValidFrom = DateTimeOffset.FromUnixTimeSeconds((long)grant.NotBefore),
                ValidUntil = DateTimeOffset.FromUnixTimeSeconds((long)grant.NotAfter),
                Events = [State(ConsentState.Given, grant.Time / 1000, index), .. ends],
                LedgerOrigin = _fixture.Ledger.Genesis.Origin,
                LedgerIndex = (long)index,
            },
            ConsentExportFormat.Iso27560Dpv))!.AsObject();
    }
}
