using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using PrivChain.Core.Bytes;
using PrivChain.Core.Documents;

namespace PrivChain.Core.Ledger;

/// <summary>
/// The text that any Ethereum wallet takes for <c>eth_signTypedData_v4</c>: the whole document with its details in the open, so that the person reads what the hash covers.
/// It is made from the same table as the struct hash; a wallet's signature over it is the entry's signature.
/// </summary>
public static class EntryTypedData
{
    /// <summary>The wallet text of an entry whose kind has no nested details.</summary>
    public static string ToJson(LedgerDomain domain, Entry entry) => Write(domain, entry, null, null);

    /// <summary>The wallet text of a consent.</summary>
    /// <exception cref="ArgumentException">The details are not those of the entry.</exception>
    public static string ToJson(LedgerDomain domain, Entry entry, ConsentDetails details) => Write(domain, entry, details.StructHash(domain.Suite), writer =>
    {
        writer.WriteString("controllerName", details.ControllerName);
        writer.WriteString("title", details.Title);
        writer.WriteString("purpose", details.Purpose);
        WriteAll(writer, "fields", details.Fields);
        WriteAll(writer, "records", details.Records.Select(record => record.ToString()));
        writer.WriteString("recipientKey", details.RecipientKey.ToString());
        writer.WriteString("citizenKey", details.CitizenKey.ToString());
        writer.WriteString("keyPackage", details.KeyPackage.ToString());
        WriteAll(writer, "brokers", details.Brokers.Select(broker => broker.ToString()));
        writer.WriteString("threshold", Text(details.Threshold));
        writer.WriteString("request", details.Request.ToString());
        writer.WriteString("salt", details.Salt.ToString());
    });

    /// <summary>The wallet text of an anchor.</summary>
    /// <exception cref="ArgumentException">The details are not those of the entry.</exception>
    public static string ToJson(LedgerDomain domain, Entry entry, AnchorDetails details) => Write(domain, entry, details.StructHash(domain.Suite), writer =>
    {
        writer.WriteString("schema", details.Schema);
        writer.WriteString("salt", details.Salt.ToString());
    });

    /// <summary>The wallet text of a session.</summary>
    /// <exception cref="ArgumentException">The details are not those of the entry.</exception>
    public static string ToJson(LedgerDomain domain, Entry entry, SessionDetails details) => Write(domain, entry, details.StructHash(domain.Suite), writer =>
    {
        writer.WriteString("sessionKey", details.SessionKey.ToString());
        writer.WriteString("evidence", details.Evidence.ToString());
    });

    /// <summary>The wallet text of a revocation or an erasure.</summary>
    /// <exception cref="ArgumentException">The details are not those of the entry.</exception>
    public static string ToJson(LedgerDomain domain, Entry entry, StatedReason details) =>
        Write(domain, entry, entry.Kind == EntryKind.Revoke ? details.RevocationHash(domain.Suite) : details.ErasureHash(domain.Suite), writer =>
        {
            writer.WriteString("reason", details.Reason);
            writer.WriteString("salt", details.Salt.ToString());
        });

    private static string Write(LedgerDomain domain, Entry entry, Digest? detailsHash, Action<Utf8JsonWriter>? writeDetails)
    {
        var type = EntryDocuments.TypeOf(entry.Kind);
        if ((type.DetailsType is null) != (detailsHash is null) || (detailsHash is { } hash && hash != entry.Details))
        {
            throw new ArgumentException($"these are not the details of this {entry.Kind} entry");
        }

        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            WriteTypes(writer, type);
            writer.WriteString("primaryType", type.Name);
            writer.WriteStartObject("domain");
            writer.WriteString("name", LedgerDomain.Name);
            writer.WriteString("version", LedgerDomain.Version);
            writer.WriteString("chainId", Text(domain.ChainId));
            writer.WriteString("salt", domain.LedgerId.ToString());
            writer.WriteEndObject();
            writer.WriteStartObject("message");
            foreach (var (_, name, slot) in type.Members)
            {
                if (slot == EntrySlot.Details && writeDetails is not null)
                {
                    writer.WriteStartObject(name);
                    writeDetails(writer);
                    writer.WriteEndObject();
                }
                else
                {
                    writer.WriteString(name, Value(entry, slot));
                }
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static void WriteTypes(Utf8JsonWriter writer, DocumentType type)
    {
        writer.WriteStartObject("types");
        WriteType(writer, "EIP712Domain", [("string", "name"), ("string", "version"), ("uint256", "chainId"), ("bytes32", "salt")]);
        WriteType(writer, type.Name, type.Members.Select(member => (member.Type, member.Name)));
        if (type.DetailsType is { } nested)
        {
            var open = nested.IndexOf('(', StringComparison.Ordinal);
            WriteType(writer, nested[..open], nested[(open + 1)..^1].Split(',').Select(member => member.Split(' ')).Select(parts => (parts[0], parts[1])));
        }

        writer.WriteEndObject();
    }

    private static void WriteType(Utf8JsonWriter writer, string name, IEnumerable<(string Type, string Name)> members)
    {
        writer.WriteStartArray(name);
        foreach (var member in members)
        {
            writer.WriteStartObject();
            writer.WriteString("name", member.Name);
            writer.WriteString("type", member.Type);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static string Value(Entry entry, EntrySlot slot) => slot switch
    {
        EntrySlot.Role => Text((byte)entry.Role),
        EntrySlot.Party => entry.Party.ToString(),
        EntrySlot.Reference => entry.Reference.ToString(),
        EntrySlot.Details => entry.Details.ToString(),
        EntrySlot.NotBefore => Text(entry.NotBefore),
        EntrySlot.NotAfter => Text(entry.NotAfter),
        EntrySlot.Count => Text(entry.Count),
        EntrySlot.Price => Text(entry.Price),
        _ => throw new ArgumentOutOfRangeException(nameof(slot)),
    };

    // Decimal strings: a JSON number above 2^53 would lose digits in a wallet.
    private static string Text(ulong value) => value.ToString(CultureInfo.InvariantCulture);

    private static void WriteAll(Utf8JsonWriter writer, string name, IEnumerable<string> values)
    {
        writer.WriteStartArray(name);
        foreach (var value in values)
        {
            writer.WriteStringValue(value);
        }

        writer.WriteEndArray();
    }
}
