using System.Text.Json;
using System.Text.Json.Nodes;
using PrivChain.Core.Json;
using PrivChain.Core.Refusals;
using PrivChain.Core.Suites;

namespace PrivChain.Core.Records;

/// <summary>
/// Verifies any SD-JWT as RFC 9901 section 7 says: issuer's signature, every digest and disclosure, validity, key binding. Fetching an
/// issuer's key and its status list is the caller's part.
/// </summary>
public static class SdJwtVerifier
{
    private const int MaxDepth = 32;

    // Section 9.7 and SD-JWT VC: a holder who could leave these out would change what the token means.
    private static readonly HashSet<string> NeverDisclosable = new(StringComparer.Ordinal)
    {
        "iss", "aud", "exp", "nbf", "cnf", "vct", "vct#integrity", "status", "holder", "_sd_alg",
    };

    /// <summary>Verifies issuer's token, disclosures and, when required, the key binding; gives the payload with disclosed claims in place.</summary>
    public static Verdict<JsonObject> Verify(SdJwt presented, JwsKey issuerKey, SdJwtPolicy policy)
    {
        // 7.3 step 1: whether binding is required comes from the policy alone, so leaving the proof out cannot lower the demand.
        if (policy.KeyBinding is not null && presented.KeyBindingToken is null)
        {
            return Verdict<JsonObject>.Refuse(RefusalReason.BadSignature, "key binding is required and there is none");
        }

        // 7.1 steps 1 and 2: signature, algorithm, type.
        var token = CompactJws.Verify(presented.IssuerToken, issuerKey);
        if (!token.Accepted)
        {
            return token.Refusal;
        }

        if (token.Value.Type is not { } type || !policy.Types.Contains(type, StringComparer.Ordinal))
        {
            return Verdict<JsonObject>.Refuse(RefusalReason.UnknownVersion, $"typ: wanted {string.Join(" or ", policy.Types)}");
        }

        var payload = StrictJson.ParseObject(token.Value.Payload);
        if (!payload.Accepted)
        {
            return payload.Refusal;
        }

        // Step 3: digests and disclosures. The key fixes their hash, as it fixes the signature's.
        var suite = Suite.OfIssuerAlgorithm(issuerKey.Algorithm);
        var processed = new Processing(suite, presented.Disclosures).Run(payload.Value);
        if (!processed.Accepted)
        {
            return processed.Refusal;
        }

        // Step 6: validity, from the signed payload itself.
        if (InvalidTime(payload.Value, policy.Now) is { } refusal)
        {
            return refusal;
        }

        return policy.KeyBinding is { } request && InvalidBinding(suite, presented, payload.Value, request, policy.Now) is { } unbound ? unbound : processed;
    }

    private static Refusal? InvalidTime(JsonElement payload, long now)
    {
        if (!TryTime(payload, "exp", out var expires) || !TryTime(payload, "nbf", out var notBefore))
        {
            return new Refusal(RefusalReason.Malformed, "exp and nbf are numbers of seconds");
        }

        return now >= expires ? new Refusal(RefusalReason.Expired, "exp has passed")
            : now < notBefore ? new Refusal(RefusalReason.NotYetValid, "nbf is not reached")
            : null;
    }

    private static bool TryTime(JsonElement payload, string name, out double? seconds)
    {
        seconds = null;
        if (!payload.TryGetProperty(name, out var value))
        {
            return true;
        }

        if (value.ValueKind != JsonValueKind.Number)
        {
            return false;
        }

        seconds = value.GetDouble();
        return true;
    }

    // 7.3 step 5.
    private static Refusal? InvalidBinding(Suite suite, SdJwt presented, JsonElement payload, KeyBindingRequest request, long now)
    {
        if (!payload.TryGetProperty("cnf", out var confirmation) || confirmation.ValueKind != JsonValueKind.Object
            || !confirmation.TryGetProperty("jwk", out var jwk) || !JwsKey.TryFromJwk(jwk, out var holder))
        {
            return new Refusal(RefusalReason.BadSignature, "cnf: the issuer bound the token to no key that this program verifies");
        }

        if (!suite.UsesIssuerAlgorithm(holder.Algorithm))
        {
            return new Refusal(RefusalReason.WrongSuite, $"cnf: a key for {holder.Algorithm} in a token of the {suite} suite");
        }

        var token = CompactJws.Verify(presented.KeyBindingToken!, holder);
        if (!token.Accepted)
        {
            return token.Refusal;
        }

        var claims = StrictJson.ParseObject(token.Value.Payload);
        if (!claims.Accepted)
        {
            return claims.Refusal;
        }

        if (token.Value.Type != "kb+jwt")
        {
            return new Refusal(RefusalReason.Malformed, "key binding: typ: wanted kb+jwt");
        }

        if (Text(claims.Value, "nonce") != request.Nonce || Text(claims.Value, "aud") != request.Audience)
        {
            return new Refusal(RefusalReason.BadSignature, "key binding: made for another nonce or audience");
        }

        if (Text(claims.Value, "sd_hash") != Disclosure.DigestOf(suite, presented.Bound))
        {
            return new Refusal(RefusalReason.DigestMismatch, "key binding: sd_hash is of another presentation");
        }

        if (!claims.Value.TryGetProperty("iat", out _) || !TryTime(claims.Value, "iat", out var issued) || issued is null)
        {
            return new Refusal(RefusalReason.Malformed, "key binding: iat is missing");
        }

        return issued < now - request.MaxAgeSeconds ? new Refusal(RefusalReason.Expired, "key binding: iat is too old")
            : issued > now + request.MaxSkewSeconds ? new Refusal(RefusalReason.NotYetValid, "key binding: iat is of the future")
            : InvalidTime(claims.Value, now);
    }

    private static string? Text(JsonElement owner, string name) =>
        owner.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    // One walk over payload and disclosed values; the first fault ends it.
    private sealed class Processing(Suite suite, IReadOnlyList<string> disclosureTexts)
    {
        private readonly Dictionary<string, Disclosure> _byDigest = new(StringComparer.Ordinal);
        private readonly HashSet<string> _digestsSeen = new(StringComparer.Ordinal);
        private int _used;
        private Refusal? _fault;

        public Verdict<JsonObject> Run(JsonElement payload)
        {
            // 3.a: the algorithm is fixed; another one is refused rather than chosen by the message. "If the _sd_alg claim is not present, a default value of sha-256 MUST be used."
            if ((payload.TryGetProperty("_sd_alg", out _) ? Text(payload, "_sd_alg") : Suite.International.DisclosureHash) != suite.DisclosureHash)
            {
                return Verdict<JsonObject>.Refuse(RefusalReason.UnknownVersion, $"_sd_alg: wanted {suite.DisclosureHash}");
            }

            // 3.b; the same disclosure twice would be one digest twice.
            foreach (var text in disclosureTexts)
            {
                var disclosure = Disclosure.Parse(text);
                if (!disclosure.Accepted)
                {
                    return disclosure.Refusal;
                }

                if (!_byDigest.TryAdd(disclosure.Value.DigestText(suite), disclosure.Value))
                {
                    return Verdict<JsonObject>.Refuse(RefusalReason.Malformed, "a disclosure is repeated");
                }
            }

            var result = ReadObject(payload, depth: 0);

            // Step 5: a disclosure that nothing refers to was not signed by the issuer.
            if (_fault is null && _used != _byDigest.Count)
            {
                Fail(RefusalReason.DigestMismatch, "a disclosure is not part of the token");
            }

            return _fault is null ? result : _fault;
        }

        private JsonObject ReadObject(JsonElement source, int depth)
        {
            var result = new JsonObject();
            foreach (var member in source.EnumerateObject())
            {
                if (member.Name == "...")
                {
                    Fail(RefusalReason.Malformed, "the name ... occurs outside an array");
                }
                else if (member.Name != "_sd" && !(depth == 0 && member.Name == "_sd_alg"))
                {
                    result.Add(member.Name, ReadValue(member.Value, depth + 1));
                }

                if (_fault is not null)
                {
                    return result;
                }
            }

            if (source.TryGetProperty("_sd", out var digests))
            {
                ReadDigests(digests, result, depth);
            }

            return result;
        }

        private void ReadDigests(JsonElement digests, JsonObject result, int depth)
        {
            if (digests.ValueKind != JsonValueKind.Array)
            {
                Fail(RefusalReason.Malformed, "_sd is a list of digests");
                return;
            }

            foreach (var digest in digests.EnumerateArray())
            {
                // A digest without a disclosure is a claim kept back, or a decoy.
                if (!TryDisclosed(digest, out var disclosure) || disclosure is null)
                {
                    if (_fault is not null)
                    {
                        return;
                    }

                    continue;
                }

                if (disclosure.Name is null || result.ContainsKey(disclosure.Name) || (depth == 0 && NeverDisclosable.Contains(disclosure.Name)))
                {
                    Fail(RefusalReason.Malformed, "a disclosure has no name, the name of a claim that is there, or one that must not be disclosable");
                    return;
                }

                result.Add(disclosure.Name, ReadValue(disclosure.Value, depth + 1));
                if (_fault is not null)
                {
                    return;
                }
            }
        }

        private JsonArray ReadArray(JsonElement source, int depth)
        {
            var result = new JsonArray();
            foreach (var item in source.EnumerateArray())
            {
                if (item.ValueKind == JsonValueKind.Object && item.TryGetProperty("...", out var digest))
                {
                    if (item.GetPropertyCount() != 1)
                    {
                        Fail(RefusalReason.Malformed, "the name ... stands alone in its object");
                    }
                    else if (TryDisclosed(digest, out var disclosure) && disclosure is not null)
                    {
                        if (disclosure.Name is not null)
                        {
                            Fail(RefusalReason.Malformed, "a disclosure of an array element has no name");
                        }
                        else
                        {
                            result.Add(ReadValue(disclosure.Value, depth + 1));
                        }
                    }
                }
                else
                {
                    result.Add(ReadValue(item, depth + 1));
                }

                if (_fault is not null)
                {
                    break;
                }
            }

            return result;
        }

        private JsonNode? ReadValue(JsonElement value, int depth)
        {
            // Disclosed values nest into each other, so the parser's own limit does not bound this.
            if (depth > MaxDepth)
            {
                Fail(RefusalReason.TooLarge, $"nested deeper than {MaxDepth}");
                return null;
            }

            return value.ValueKind switch
            {
                JsonValueKind.Object => ReadObject(value, depth),
                JsonValueKind.Array => ReadArray(value, depth),
                JsonValueKind.Null => null,
                _ => JsonValue.Create(value),
            };
        }

        // Step 4: a digest may stand in one place only, disclosed or not.
        private bool TryDisclosed(JsonElement digest, out Disclosure? disclosure)
        {
            disclosure = null;
            if (digest.ValueKind != JsonValueKind.String || !_digestsSeen.Add(digest.GetString()!))
            {
                Fail(RefusalReason.Malformed, "a digest is no text, or occurs twice");
                return false;
            }

            if (_byDigest.TryGetValue(digest.GetString()!, out disclosure))
            {
                _used++;
            }

            return true;
        }

        private void Fail(RefusalReason reason, string detail) => _fault ??= new Refusal(reason, detail);
    }
}
