using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Roots;

namespace PrivChain.Attestation.Eat;

/// <summary>Signature, times and submodules of a token and of those nested in it.</summary>
internal static class EatVerification
{
    /// <summary>The root of the outer token, or the first fault, inner tokens included.</summary>
    public static AttestationVerdict<TrustAnchor> Verify(EatToken token, AuthenticationContext context, string field)
    {
        if (!token.IsSigned)
        {
            return Refuse(AttestationRefusal.Unsigned, field, "a signature", "a bare claims-set");
        }

        var root = token.Sign1 is { } sign1 ? EatKeys.Verify(sign1, context, field) : EatKeys.Verify(token.Jws!, context, field);
        if (!root.Accepted)
        {
            return root;
        }

        return Contents(token, context, field) is { } fault ? new AttestationVerdict<TrustAnchor>(fault) : root;
    }

    /// <summary>The earliest end of the token and those nested in it, or null.</summary>
    public static DateTimeOffset? HoldsUntil(EatToken token) =>
        token.Inner.Select(HoldsUntil).Prepend(token.Time(EatClaim.Expires)).Min();

    // Times and submodules of what is signed, by the token itself or by the one around it.
    private static AttestationFault? Contents(EatToken token, AuthenticationContext context, string field)
    {
        // RFC 8392 section 3.1.4: on or after exp it must not be accepted.
        if (token.Time(EatClaim.Expires) is { } expires && context.At >= expires)
        {
            return AttestationFault.Authenticate(AttestationRefusal.Expired, field + ".exp", $"after {context.At:u}", $"{expires:u}");
        }

        if (token.Time(EatClaim.NotBefore) is { } begins && context.At < begins)
        {
            return AttestationFault.Authenticate(AttestationRefusal.NotYetValid, field + ".nbf", $"at most {context.At:u}", $"{begins:u}");
        }

        foreach (var submodule in token.Submodules)
        {
            var name = $"{field}.submods.{submodule.Name}";
            var fault = submodule.Token is not { } nested ? null : nested.IsSigned ? Verify(nested, context, name).Fault : Contents(nested, context, name);
            if (fault is not null)
            {
                return fault;
            }

            if (submodule.DigestAlgorithm is not { } hash || !token.Detached.TryGetValue(submodule.Name, out var set))
            {
                continue;
            }

            if (!submodule.Digest.Span.SequenceEqual(EatHash.Digest(hash, set.Bytes.Span)))
            {
                return AttestationFault.Authenticate(AttestationRefusal.BindingMismatch, name, $"a claims-set with {hash} {Convert.ToHexStringLower(submodule.Digest.Span)}", "another");
            }

            if (Contents(set.Claims, context, name) is { } inside)
            {
                return inside;
            }
        }

        // A set that no digest covers would be read as if it were signed.
        return token.Detached.Keys.FirstOrDefault(name => !token.Submodules.Any(submodule => submodule.Name == name && submodule.DigestAlgorithm is not null)) is { } unbound
            ? AttestationFault.Authenticate(AttestationRefusal.BindingMismatch, $"{field}.submods.{unbound}", "a digest in the signed part", "none")
            : null;
    }

    private static AttestationVerdict<TrustAnchor> Refuse(AttestationRefusal reason, string field, string wanted, string given) => new(AttestationFault.Authenticate(reason, field, wanted, given));
}
