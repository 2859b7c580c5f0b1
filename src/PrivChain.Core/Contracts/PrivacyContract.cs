using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using PrivChain.Core.Bytes;
using PrivChain.Core.Json;
using PrivChain.Core.Records;
using PrivChain.Core.Refusals;
using PrivChain.Core.Suites;

namespace PrivChain.Core.Contracts;

/// <summary>
/// A privacy contract: for which purpose an institution sees which field in which form. Only <see cref="Parse(ReadOnlySpan{byte}, SchemaCatalog, Suite?)"/> makes one, so a value of
/// this type holds no unknown field, no form that does not fit, and no limit out of range.
/// </summary>
public sealed class PrivacyContract
{
    /// <summary>The longest contract text.</summary>
    public const int MaximumBytes = 64 * 1024;

    /// <summary>The controller written in a template, which no contract may keep.</summary>
    public const string PlaceholderController = "0x0000000000000000000000000000000000000000";

    internal PrivacyContract()
    {
    }

    /// <summary>Such as <c>bank-of-jinling/mortgage-precheck</c>.</summary>
    public required string Id { get; init; }

    /// <summary>1 to 65,535.</summary>
    public required int Version { get; init; }

    /// <summary>The title in both languages, as received: neutralise before showing.</summary>
    public required LocalText Title { get; init; }

    /// <summary>The institution's account.</summary>
    public required AccountAddress Controller { get; init; }

    /// <summary>The purpose, a DPV term such as <c>dpv:CreditChecking</c>.</summary>
    public required string Purpose { get; init; }

    /// <summary>The legal basis, a DPV term such as <c>dpv:ExplicitConsent</c>.</summary>
    public required string LegalBasis { get; init; }

    /// <summary>The records from which fields are shown, in the contract's order.</summary>
    public required ImmutableArray<RecordSchema> Records { get; init; }

    /// <summary>Ids of those records for which a person's own statement will do, with nobody to vouch for it. Of all others the enclave takes only what an enrolled issuer signed.</summary>
    public required ImmutableArray<string> SelfAsserted { get; init; }

    /// <summary>The fields shown, in the contract's order. Everything else stays invisible.</summary>
    public required ImmutableArray<ContractField> Shows { get; init; }

    /// <summary>How long, how often, for how much.</summary>
    public required ContractLimits Limits { get; init; }

    /// <summary>Which enclaves may compute it.</summary>
    public required EnclaveDemand Enclave { get; init; }

    /// <summary>The ledger's digest of the text's canonical form (RFC 8785). White space and member order do not change it; the ledger names contracts by it.</summary>
    public required Digest Digest { get; init; }

    /// <summary>The text as received, which need not be canonical.</summary>
    public required ReadOnlyMemory<byte> Text { get; init; }

    /// <summary>The canonical text that <see cref="Digest"/> covers.</summary>
    public required ReadOnlyMemory<byte> CanonicalText { get; init; }

    /// <summary>A length in bytes that no answer under this contract exceeds, whatever the records hold.</summary>
    internal int LongestAnswer
    {
        get
        {
            // {"contract":"0x…","shows":{}} and, for each field, "name":{"form":"…","result":…},
            const int Around = 128;
            const int AroundField = 32;
            return Around + Shows.Sum(shown => shown.Name.Length + shown.Form.Name.Length + AroundField + shown.Form.LongestResult(shown.Field));
        }
    }

    /// <summary>
    /// Parses a contract text. Refused with every fault at once, each with its JSON path: <see cref="RefusalReason.TooLarge"/>,
    /// <see cref="RefusalReason.Malformed"/>, or <see cref="RefusalReason.FieldNotInContract"/> when nothing is wrong but records or fields
    /// that the catalogue does not have, or <see cref="RefusalReason.FormNotApplicable"/> when it is only forms that do not fit their fields.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="catalog">Schemas that it may name.</param>
    /// <param name="suite">The ledger's, which hashes it; null for the international suite.</param>
    public static Verdict<PrivacyContract> Parse(ReadOnlySpan<byte> text, SchemaCatalog catalog, Suite? suite = null)
    {
        var faults = new ContractFaults();
        return Parse(text, catalog, faults, suite) is { } contract ? contract : faults.ToRefusal();
    }

    internal static PrivacyContract? Parse(ReadOnlySpan<byte> text, SchemaCatalog catalog, ContractFaults faults, Suite? suite = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        var parsed = StrictJson.ParseObject(text, MaximumBytes);
        if (!parsed.Accepted)
        {
            faults.Add("$", parsed.Refusal.Detail, parsed.Reason);
            return null;
        }

        return ContractParser.Read(parsed.Value, text, catalog, faults, suite ?? Suite.International);
    }

    /// <summary>True where a person's own statement will do for this record.</summary>
    public bool AcceptsSelfAsserted(RecordSchema record) => SelfAsserted.Contains(record.Id, StringComparer.Ordinal);

    /// <summary>The field of that name.</summary>
    public ContractField? Find(string name) => Shows.FirstOrDefault(field => field.Name == name);

    /// <summary>
    /// A template's text with the institution's account in the place of its <c>controller</c>; every other byte stays as it is. Refused when
    /// the text is not strict JSON or has no text member <c>controller</c> at the top.
    /// </summary>
    public static Verdict<byte[]> WithController(ReadOnlySpan<byte> text, AccountAddress controller)
    {
        var parsed = StrictJson.ParseObject(text, MaximumBytes);
        if (!parsed.Accepted)
        {
            return parsed.Refusal;
        }

        var reader = new Utf8JsonReader(text);
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == 1 && reader.ValueTextEquals("controller"u8)
                && reader.Read() && reader.TokenType == JsonTokenType.String)
            {
                byte[] address = [(byte)'"', .. Encoding.ASCII.GetBytes(controller.ToString()), (byte)'"'];
                return (byte[])[.. text[..(int)reader.TokenStartIndex], .. address, .. text[(int)reader.BytesConsumed..]];
            }
        }

        return Verdict<byte[]>.Refuse(RefusalReason.Malformed, "$.controller: missing");
    }
}
