using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using PrivChain.Core.Bytes;
using PrivChain.Core.Refusals;

namespace PrivChain.Core.TypedData;

/// <summary>
/// A whole EIP-712 document in the JSON of <c>eth_signTypedData_v4</c>, checked and hashed. Where wallets would hash the same JSON differently, it
/// is refused: integers without size or out of range, JSON numbers above 2^53, hex of odd length, addresses without <c>0x</c> or with a wrong
/// checksum, values that are null, missing or not named by the type, booleans that are not <c>true</c> or <c>false</c>, recursive types,
/// a domain that differs from its declared fields.
/// </summary>
public sealed class TypedDataDocument
{
    /// <summary>Larger JSON is refused.</summary>
    public const int MaxBytes = 1 << 18;

    private const int MaxDepth = 64;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = MaxDepth };

    // Text of our documents is shown to people: Chinese stays readable. The JSON is not embedded in HTML.
    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private TypedDataDocument(TypedDataSchema schema, TypedDataDomain domain, string primaryType, JsonElement message, Digest structHash)
    {
        Schema = schema;
        Domain = domain;
        PrimaryType = primaryType;
        Message = message;
        StructHash = structHash;
        SigningDigest = TypedDataHash.Signing(domain.Separator(), structHash);
    }

    /// <summary>The types, the domain's included.</summary>
    public TypedDataSchema Schema { get; }

    /// <summary>The domain.</summary>
    public TypedDataDomain Domain { get; }

    /// <summary>The type of the message.</summary>
    public string PrimaryType { get; }

    /// <summary>The message; it has exactly the members of its type.</summary>
    public JsonElement Message { get; }

    /// <summary>hashStruct of the message: the digest that names a document.</summary>
    public Digest StructHash { get; }

    /// <summary>What an account signs.</summary>
    public Digest SigningDigest { get; }

    /// <summary>Parses and hashes UTF-8 JSON with exactly the members types, primaryType, domain and message.</summary>
    public static Verdict<TypedDataDocument> Parse(ReadOnlySpan<byte> json)
    {
        if (json.Length > MaxBytes)
        {
            return Verdict<TypedDataDocument>.Refuse(RefusalReason.TooLarge, $"{json.Length} bytes, wanted at most {MaxBytes}");
        }

        if (!System.Text.Unicode.Utf8.IsValid(json))
        {
            return Malformed("not UTF-8");
        }

        try
        {
            using var document = JsonDocument.Parse(json.ToArray(), Strict);
            return Read(document.RootElement);
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a name with an escaped lone surrogate.
            return Malformed("not JSON with unique names, or too deep");
        }
    }

    /// <summary>Builds a document from a message made in code; the same checks apply.</summary>
    /// <param name="types">The struct types without the domain's.</param>
    /// <param name="primaryType">The type of the message.</param>
    /// <param name="domain">The domain; only fields that are not null are declared.</param>
    /// <param name="message">Integers above 2^53 as decimal text.</param>
    public static Verdict<TypedDataDocument> Create(IReadOnlyList<TypedDataType> types, string primaryType, TypedDataDomain domain, JsonObject message)
    {
        ArgumentNullException.ThrowIfNull(types);
        ArgumentNullException.ThrowIfNull(domain);
        ArgumentNullException.ThrowIfNull(message);
        return Parse(Write([domain.Type, .. types], primaryType, domain, writer => message.WriteTo(writer)));
    }

    /// <summary>The JSON to hand to a wallet: same types, order and values, no white space.</summary>
    public string ToJson() => Encoding.UTF8.GetString(Write(Schema.Types, PrimaryType, Domain, Message.WriteTo));

    private static Verdict<TypedDataDocument> Malformed(string detail) => Verdict<TypedDataDocument>.Refuse(RefusalReason.Malformed, detail);

    private static Verdict<TypedDataDocument> Read(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object
            || root.GetPropertyCount() != 4
            || !root.TryGetProperty("types", out var types)
            || !root.TryGetProperty("primaryType", out var primaryElement)
            || !root.TryGetProperty("domain", out var domainElement)
            || !root.TryGetProperty("message", out var message)
            || !TypedDataEncoder.TryText(primaryElement, out var primaryType))
        {
            return Malformed("wanted exactly the members types, primaryType, domain and message");
        }

        if (ReadTypes(types) is not { } declared)
        {
            return Malformed("types: wanted lists of objects with exactly name and type, both text");
        }

        var schema = TypedDataSchema.Create(declared);
        if (!schema.Accepted)
        {
            return schema.Refusal;
        }

        // A document without a declared domain is signed under an empty one by some wallets and under the given one by others.
        if (!schema.Value.Contains(TypedDataDomain.TypeName) || !schema.Value.Contains(primaryType) || primaryType == TypedDataDomain.TypeName)
        {
            return Malformed($"wanted types with {TypedDataDomain.TypeName} and the primary type, and these two different");
        }

        var domainWords = schema.Value.EncodeData(TypedDataDomain.TypeName, domainElement);
        if (!domainWords.Accepted)
        {
            return domainWords.Refusal;
        }

        var hash = schema.Value.HashStruct(primaryType, message);
        return hash.Accepted
            ? new TypedDataDocument(schema.Value, ReadDomain(domainElement), primaryType, message.Clone(), hash.Value)
            : hash.Refusal;
    }

    private static List<TypedDataType>? ReadTypes(JsonElement types)
    {
        if (types.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        var declared = new List<TypedDataType>();
        foreach (var type in types.EnumerateObject())
        {
            if (type.Value.ValueKind != JsonValueKind.Array)
            {
                return null;
            }

            var members = new List<TypedDataMember>();
            foreach (var member in type.Value.EnumerateArray())
            {
                if (member.ValueKind != JsonValueKind.Object
                    || member.GetPropertyCount() != 2
                    || !member.TryGetProperty("name", out var name)
                    || !member.TryGetProperty("type", out var memberType)
                    || !TypedDataEncoder.TryText(name, out var nameText)
                    || !TypedDataEncoder.TryText(memberType, out var typeText))
                {
                    return null;
                }

                members.Add(new TypedDataMember(nameText, typeText));
            }

            declared.Add(new TypedDataType(type.Name, members));
        }

        return declared;
    }

    // Called after the encoder accepted every field that is present, so each conversion below succeeds.
    private static TypedDataDomain ReadDomain(JsonElement domain)
    {
        var read = new TypedDataDomain();
        foreach (var field in domain.EnumerateObject())
        {
            read = field.Name switch
            {
                "name" => read with { Name = field.Value.GetString() },
                "version" => read with { Version = field.Value.GetString() },
                "chainId" => read with { ChainId = TypedDataEncoder.TryInteger(field.Value, out var chainId) ? chainId : null },
                "verifyingContract" => read with { VerifyingContract = TypedDataEncoder.TryAddress(field.Value, out var contract) ? contract : null },
                _ => read with { Salt = TypedDataEncoder.TryBytes(field.Value, out var salt) ? new Digest(salt) : null },
            };
        }

        return read;
    }

    private static byte[] Write(IReadOnlyList<TypedDataType> types, string primaryType, TypedDataDomain domain, Action<Utf8JsonWriter> message)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Writing))
        {
            writer.WriteStartObject();
            writer.WriteStartObject("types");
            foreach (var type in types)
            {
                writer.WriteStartArray(type.Name);
                foreach (var member in type.Members)
                {
                    writer.WriteStartObject();
                    writer.WriteString("name", member.Name);
                    writer.WriteString("type", member.Type);
                    writer.WriteEndObject();
                }

                writer.WriteEndArray();
            }

            writer.WriteEndObject();
            writer.WriteString("primaryType", primaryType);
            writer.WriteStartObject("domain");
            WriteDomain(writer, domain);
            writer.WriteEndObject();
            writer.WritePropertyName("message");
            message(writer);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteDomain(Utf8JsonWriter writer, TypedDataDomain domain)
    {
        if (domain.Name is not null)
        {
            writer.WriteString("name", domain.Name);
        }

        if (domain.Version is not null)
        {
            writer.WriteString("version", domain.Version);
        }

        if (domain.ChainId is { } chainId)
        {
            // Small ids as numbers, as wallets expect; others as text, because a number would lose digits there.
            if (chainId <= int.MaxValue)
            {
                writer.WriteNumber("chainId", (long)chainId);
            }
            else
            {
                writer.WriteString("chainId", chainId.ToString(System.Globalization.CultureInfo.InvariantCulture));
            }
        }

        if (domain.VerifyingContract is { } contract)
        {
            writer.WriteString("verifyingContract", contract.ToString());
        }

        if (domain.Salt is { } salt)
        {
            writer.WriteString("salt", salt.ToString());
        }
    }
}
