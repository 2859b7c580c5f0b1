namespace PrivChain.Attestation;

/// <summary>The names of verdicts as published test sets write them: lower case with underscores, such as <c>invalid_signature</c> or <c>valid_debug</c>.</summary>
public static class VerdictName
{
    /// <summary>The name of a refusal.</summary>
    /// <remarks>
    /// An algorithm that is known and cannot be verified here keeps the name that the DICE set has for it, <c>unsupported_algorithm</c>, in every format. Sets without that name come nearest with
    /// <c>alg_not_allowed</c>, which would say that nobody may use it, and <c>unsupported_format</c>, which would say that the bytes could not be read.
    /// </remarks>
    public static string Of(AttestationRefusal refusal) => refusal switch
    {
        AttestationRefusal.BadSignature => "invalid_signature",
        AttestationRefusal.BadCollateralSignature => "invalid_collateral_signature",
        AttestationRefusal.CertificateRevoked => "revoked",
        AttestationRefusal.AlgorithmNotAllowed => "alg_not_allowed",
        AttestationRefusal.Unsigned => "parse_only",

        // Too large and unknown versions are bytes that do not parse.
        AttestationRefusal.TooLarge or AttestationRefusal.UnknownVersion => Of(AttestationRefusal.Malformed),
        _ => Words(refusal.ToString()),
    };

    /// <summary>The name of what was authenticated.</summary>
    public static string Of(AuthenticationResult result) => Words(result.ToString());

    private static string Words(string name) =>
        string.Concat(name.Select((letter, index) => char.IsUpper(letter) ? (index == 0 ? "" : "_") + char.ToLowerInvariant(letter) : letter.ToString()));
}
