using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using PrivChain.Core.Bytes;
using PrivChain.Core.Json;
using PrivChain.Core.Refusals;

namespace PrivChain.Sdk.Receipts;

/// <summary>
/// A receipt as a file: everything that proves one answer, offline (promise P9). Parsed, nothing verified: <see cref="ReceiptVerifier"/> does that. Strict JSON; members that are missing, unknown
/// or repeated are refused.
/// </summary>
public sealed record Receipt
{
    /// <summary>Value of the member <c>format</c>.</summary>
    public const string Format = "privchain-receipt/1";

    /// <summary>Largest file in bytes.</summary>
    public const int MaxSize = 1024 * 1024;

    private static readonly string[] _members =
        ["format", "genesis", "core", "query", "batch", "entries", "checkpoint", "contract", "evidence", "sessionKey", "answer"];

    /// <summary>Canonical text of the genesis.</summary>
    public required string Genesis { get; init; }

    /// <summary>Canonical text of the receipt core.</summary>
    public required string Core { get; init; }

    /// <summary>The institution's query, or null: a person's own copy of an answer does not say which of the use's queries it answers.</summary>
    public ReceiptQuery? Query { get; init; }

    /// <summary>The publication of the contract.</summary>
    public required ProvenEntryText Publication { get; init; }

    /// <summary>The consent.</summary>
    public required ProvenEntryText Consent { get; init; }

    /// <summary>Governors' votes that enrolled the broker: as many as the genesis demands.</summary>
    public required IReadOnlyList<ProvenEntryText> Broker { get; init; }

    /// <summary>Governors' votes that enrolled the measurement.</summary>
    public required IReadOnlyList<ProvenEntryText> Measurement { get; init; }

    /// <summary>The worker's session.</summary>
    public required ProvenEntryText Session { get; init; }

    /// <summary>The use.</summary>
    public required ProvenEntryText Use { get; init; }

    /// <summary>The delivery.</summary>
    public required ProvenEntryText Delivery { get; init; }

    /// <summary>The witnessed checkpoint, a signed note.</summary>
    public required string Checkpoint { get; init; }

    /// <summary>Canonical text of the contract.</summary>
    public required string Contract { get; init; }

    /// <summary>The evidence that the session recorded.</summary>
    public required ReadOnlyMemory<byte> Evidence { get; init; }

    /// <summary>The worker's HPKE key, with its KEM id.</summary>
    public required ReadOnlyMemory<byte> SessionKey { get; init; }

    /// <summary>Salt of the output commitment, or null in a receipt without the answer.</summary>
    public Digest? AnswerSalt { get; init; }

    /// <summary>Canonical text of the answer, or null: a regulator's copy goes without.</summary>
    public string? Answer { get; init; }

    /// <summary>The same receipt without the answer, for whoever may see that it was given but not what it says.</summary>
    public Receipt WithoutAnswer() => this with { Answer = null, AnswerSalt = null };

    /// <summary>The file's text, indented.</summary>
    public string ToJson()
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, Indented = true }))
        {
            writer.WriteStartObject();
            writer.WriteString("format", Format);
            writer.WriteString("genesis", Genesis);
            writer.WriteString("core", Core);
            if (Query is not null)
            {
                writer.WriteString("query", Query.Digest.ToString());
                writer.WriteStartObject("batch");
                writer.WriteNumber("index", Query.Index);
                writer.WriteNumber("size", Query.Size);
                WriteProof(writer, Query.Proof);
                writer.WriteEndObject();
            }

            writer.WriteStartObject("entries");
            Write(writer, "publication", Publication);
            Write(writer, "consent", Consent);
            Write(writer, "broker", Broker);
            Write(writer, "measurement", Measurement);
            Write(writer, "session", Session);
            Write(writer, "use", Use);
            Write(writer, "delivery", Delivery);
            writer.WriteEndObject();
            writer.WriteString("checkpoint", Checkpoint);
            writer.WriteString("contract", Contract);
            writer.WriteString("evidence", Base64Url.Encode(Evidence.Span));
            writer.WriteString("sessionKey", Base64Url.Encode(SessionKey.Span));
            if (Answer is not null && AnswerSalt is not null)
            {
                writer.WriteStartObject("answer");
                writer.WriteString("salt", AnswerSalt.Value.ToString());
                writer.WriteString("document", Answer);
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    /// <summary>Parses a file.</summary>
    public static Verdict<Receipt> Parse(ReadOnlySpan<byte> utf8)
    {
        var parsed = StrictJson.ParseObject(utf8, MaxSize);
        if (!parsed.Accepted)
        {
            return parsed.Refusal;
        }

        try
        {
            return Read(new ReceiptMembers(parsed.Value, "receipt", _members));
        }
        catch (FormatException exception)
        {
            return Verdict<Receipt>.Refuse(RefusalReason.Malformed, exception.Message);
        }
    }

    private static Receipt Read(ReceiptMembers root)
    {
        if (root.Text("format") != Format)
        {
            throw new FormatException($"receipt.format: wanted {Format}");
        }

        var entries = root.Object("entries", "publication", "consent", "broker", "measurement", "session", "use", "delivery");
        var answer = root.Has("answer") ? root.Object("answer", "salt", "document") : null;
        return new Receipt
        {
            Genesis = root.Text("genesis"),
            Core = root.Text("core"),
            Query = root.Has("query") || root.Has("batch") ? QueryOf(root.Digest("query"), root.Object("batch", "index", "size", "proof")) : null,
            Publication = entries.Entry("publication"),
            Consent = entries.Entry("consent"),
            Broker = entries.Entries("broker"),
            Measurement = entries.Entries("measurement"),
            Session = entries.Entry("session"),
            Use = entries.Entry("use"),
            Delivery = entries.Entry("delivery"),
            Checkpoint = root.Text("checkpoint"),
            Contract = root.Text("contract"),
            Evidence = root.Bytes("evidence"),
            SessionKey = root.Bytes("sessionKey"),
            AnswerSalt = answer?.Digest("salt"),
            Answer = answer?.Text("document"),
        };
    }

    private static ReceiptQuery QueryOf(Digest query, ReceiptMembers batch) =>
        new(query, (uint)batch.Number("index", uint.MaxValue), (uint)batch.Number("size", uint.MaxValue), batch.Digests("proof"));

    private static void Write(Utf8JsonWriter writer, string name, ProvenEntryText entry)
    {
        writer.WritePropertyName(name);
        Write(writer, entry);
    }

    private static void Write(Utf8JsonWriter writer, string name, IEnumerable<ProvenEntryText> entries)
    {
        writer.WriteStartArray(name);
        foreach (var entry in entries)
        {
            Write(writer, entry);
        }

        writer.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter writer, ProvenEntryText entry)
    {
        writer.WriteStartObject();
        writer.WriteString("index", entry.Index.ToString(CultureInfo.InvariantCulture));
        writer.WriteString("entry", Hex.Encode(entry.Entry.Span));
        WriteProof(writer, entry.Proof);
        writer.WriteEndObject();
    }

    private static void WriteProof(Utf8JsonWriter writer, IReadOnlyList<Digest> proof)
    {
        writer.WriteStartArray("proof");
        foreach (var hash in proof)
        {
            writer.WriteStringValue(hash.ToString());
        }

        writer.WriteEndArray();
    }
}
