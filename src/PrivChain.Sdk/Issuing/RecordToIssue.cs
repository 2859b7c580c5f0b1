using System.Text.Json;
using PrivChain.Sdk.Consent;

namespace PrivChain.Sdk.Issuing;

/// <summary>One record to issue.</summary>
/// <param name="Key">The issuer's own name for it, such as a row number: a key is issued once, however often an import is started again. Stays with the issuer.</param>
/// <param name="Schema">Schema id, such as <c>identity-card/1</c>.</param>
/// <param name="Claims">The record in the clear, a JSON object by the schema.</param>
/// <param name="Holder">Whom it is about.</param>
public sealed record RecordToIssue(string Key, string Schema, JsonElement Claims, CitizenContact Holder);
