using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using PrivChain.Core.Bytes;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;

namespace PrivChain.Sdk.Consent;

/// <summary>Everything the platform holds about a person, in the clear and in one JSON document: for that person only.</summary>
public static class CitizenExport
{
    /// <summary>Value of the member <c>format</c>.</summary>
    public const string Format = "privchain-export/1";

    /// <summary>Writes records and consents as gathered by <see cref="CitizenClient.ReadRecordsAsync"/> and <see cref="CitizenClient.ConsentsAsync"/>.</summary>
    /// <param name="ledgerId">The ledger.</param>
    /// <param name="at">When it was gathered.</param>
    /// <param name="records">The records; of those that cannot be read, digest, issuer, place and reason.</param>
    /// <param name="consents">The consents; of those whose own copies could not be read, the reason.</param>
    /// <param name="receipts">ISO/IEC TS 27560 documents by consent, canonical JSON, or why there is none; a consent that is not among them goes without.</param>
    /// <returns>UTF-8, indented.</returns>
    public static byte[] ToJson(
        Digest ledgerId, DateTimeOffset at, OwnRecords records, IEnumerable<OwnConsent> consents, IReadOnlyDictionary<Digest, Verdict<byte[]>> receipts)
    {
        ArgumentNullException.ThrowIfNull(receipts);
        ArgumentNullException.ThrowIfNull(records);
        ArgumentNullException.ThrowIfNull(consents);
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, Indented = true }))
        {
            writer.WriteStartObject();
            writer.WriteString("format", Format);
            writer.WriteString("ledger", ledgerId.ToString());
            writer.WriteString("exportedAt", at.UtcDateTime);
            writer.WriteStartArray("records");
            foreach (var record in records.Held)
            {
                Write(writer, record);
            }

            writer.WriteEndArray();
            if (records.Unreadable.Count > 0)
            {
                writer.WriteStartArray("unreadable");
                foreach (var record in records.Unreadable)
                {
                    Write(writer, record);
                }

                writer.WriteEndArray();
            }

            writer.WriteStartArray("consents");
            foreach (var consent in consents)
            {
                Write(writer, consent, receipts.GetValueOrDefault(consent.Digest));
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return stream.ToArray();
    }

    private static void Write(Utf8JsonWriter writer, HeldRecord record)
    {
        writer.WriteStartObject();
        writer.WriteString("digest", record.Digest.ToString());
        writer.WriteString("schema", record.Schema.Id);
        writer.WriteString("issuer", record.Issuer.ToString());
        writer.WriteString("issuerName", record.IssuerName);
        writer.WriteString("issuerStanding", System.Text.Json.JsonNamingPolicy.KebabCaseLower.ConvertName(record.Standing.ToString()));
        writer.WriteString("issuedAt", record.IssuedAt.UtcDateTime);
        writer.WriteNumber("anchor", record.Index);
        writer.WriteStartObject("values");
        foreach (var (name, value) in record.Values)
        {
            writer.WritePropertyName(name);
            if (value is { } present)
            {
                present.WriteTo(writer);
            }
            else
            {
                writer.WriteNullValue();
            }
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, UnreadableRecord record)
    {
        writer.WriteStartObject();
        writer.WriteString("digest", record.Digest.ToString());
        writer.WriteString("issuer", record.Issuer.ToString());
        writer.WriteNumber("anchor", record.Index);
        writer.WriteString("reason", record.Refusal.Reason.ToString());
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, OwnConsent consent, Verdict<byte[]>? receipt)
    {
        var grant = consent.Grant;
        writer.WriteStartObject();
        writer.WriteString("digest", consent.Digest.ToString());
        writer.WriteString("contract", grant.Contract.ToString());
        writer.WriteString("controller", grant.Controller.ToString());
        writer.WriteString("ownAccount", grant.Granter.ToString());
        writer.WriteString("notBefore", UnixTime.Date(grant.NotBefore).UtcDateTime);
        writer.WriteString("notAfter", UnixTime.Date(grant.NotAfter).UtcDateTime);
        writer.WriteNumber("uses", grant.Uses);
        writer.WriteNumber("usesLeft", grant.UsesLeft);
        writer.WriteBoolean("revoked", grant.RevokedAt is not null);
        if (consent.Trouble is { } trouble)
        {
            writer.WriteString("ownCopies", trouble.Reason.ToString());
        }

        if (consent.Details is { } details)
        {
            writer.WriteString("controllerName", details.ControllerName);
            writer.WriteString("title", details.Title);
            writer.WriteString("purpose", details.Purpose);
            writer.WriteStartArray("fields");
            foreach (var field in details.Fields)
            {
                writer.WriteStringValue(field);
            }

            writer.WriteEndArray();
        }

        writer.WriteStartArray("trail");
        foreach (var use in consent.Uses)
        {
            writer.WriteStartObject();
            writer.WriteString("use", use.Use.ToString());
            writer.WriteNumber("index", use.Index);
            writer.WriteString("time", use.Time.UtcDateTime);
            writer.WriteNumber("queries", use.Queries);
            if (use.DeliveredAt is { } deliveredAt)
            {
                writer.WriteNumber("delivery", deliveredAt);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("answers");
        foreach (var answer in consent.Answers)
        {
            writer.WriteStartObject();
            writer.WriteString("use", answer.Core.Use.ToString());
            writer.WriteString("evidenceKind", answer.Core.EvidenceKind);
            writer.WritePropertyName("answer");
            writer.WriteRawValue(Encoding.UTF8.GetString(answer.Answer.Bytes.Span));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        if (receipt is { Accepted: true })
        {
            writer.WritePropertyName("iso27560");
            writer.WriteRawValue(receipt.Value);
        }
        else if (receipt is not null)
        {
            writer.WriteString("iso27560Missing", receipt.Reason.ToString());
        }

        writer.WriteEndObject();
    }
}
