using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;

namespace PrivChain.Attestation.Azure;

/// <summary>
/// A policy as the service takes it: a JWS around <c>{"AttestationPolicy": base64url of the text}</c>. Instances of the isolated model want it signed by one of their policy signers; others take it unsigned and look at who
/// is signed in.
/// </summary>
public sealed class SignedPolicy
{
    private SignedPolicy(string token) => Token = token;

    /// <summary>The JWS in its compact form.</summary>
    public string Token { get; }

    /// <summary>Base64url of the SHA-256 of <see cref="Token"/>: the service's signed answer to a change names it as <c>x-ms-policy-token-hash</c>.</summary>
    public string TokenHash => Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(Token)));

    /// <summary>A policy without a signature.</summary>
    /// <param name="policy">The policy's text, or null to go back to the service's own (<see cref="AzureAttestationClient.ResetPolicyAsync"/>).</param>
    public static SignedPolicy Unsigned(string? policy) => new($"{SignerToken.Encode("{\"alg\":\"none\"}")}.{Payload(policy)}.");

    /// <summary>A policy signed by one of the instance's policy signers, whose certificate goes along: RS256, or ES256 for a key on P-256.</summary>
    /// <param name="policy">The policy's text, or null to go back to the service's own.</param>
    /// <param name="signer">A certificate with its private key.</param>
    /// <exception cref="ArgumentException">No private key, or one of another kind.</exception>
    public static SignedPolicy Sign(string? policy, X509Certificate2 signer) => new(SignerToken.Sign(Payload(policy), signer));

    /// <summary>
    /// The policy's text in a token that the service gave, unverified at both levels: to be shown to a person. What an instance really judges by is in <c>x-ms-policy-hash</c> of the tokens it signs.
    /// </summary>
    /// <returns>The text, or null when the token is of another form.</returns>
    public static string? ReadWithoutVerifying(ReadOnlySpan<byte> token)
    {
        try
        {
            return Member(token, "x-ms-policy") is { } policy && Member(Encoding.ASCII.GetBytes(policy), "AttestationPolicy") is { } text
                ? Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text)) : null;
        }
        catch (Exception exception) when (exception is JsonException or FormatException or InvalidOperationException)
        {
            // Not JSON, not base64url, or not UTF-8.
            return null;
        }
    }

    private static string? Member(ReadOnlySpan<byte> token, string name)
    {
        var first = token.IndexOf((byte)'.');
        var second = first < 0 ? -1 : token[(first + 1)..].IndexOf((byte)'.');
        if (second < 0)
        {
            return null;
        }

        using var document = JsonDocument.Parse(Base64Url.DecodeFromUtf8(token.Slice(first + 1, second)), new JsonDocumentOptions { AllowDuplicateProperties = false });
        return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.String ? member.GetString() : null;
    }

    private static string Payload(string? policy) => policy is null ? string.Empty : SignerToken.Encode($"{{\"AttestationPolicy\":\"{SignerToken.Encode(policy)}\"}}");
}
