using System.Text.Json;
using PrivChain.Sdk.Consent;

namespace PrivChain.Sdk.Issuing;

/// <summary>A record to issue.</summary>
/// <param name="SchemaId">Such as <c>identity-card/1</c>.</param>
/// <param name="Claims">The fields.</param>
/// <param name="Holder">The person's contact for this issuer.</param>
public sealed record RecordToIssue(string SchemaId, JsonElement Claims, CitizenContact Holder);
