using System.Text;
using System.Text.Json;
using PrivChain.Attestation.Jose;

namespace PrivChain.Attestation.Maa;

/// <summary>
/// Claims of an Azure Attestation token (Microsoft, "Claim sets"). Claims without the prefix <c>x-ms-</c> (or <c>tdx_</c>) are what an instance's own policy chose to write, and are never read: only those that the service
/// makes itself say anything. A token of a virtual machine has two levels: the outer one is the vTPM's, and only the inner <c>x-ms-isolation-tee</c> is about the hardware.
/// </summary>
internal sealed class MaaClaims
{
    private const long LastSecond = 253_402_300_799;

    private static readonly string[] _debugFlags = ["x-ms-azurevm-bootdebug-enabled", "x-ms-azurevm-kerneldebug-enabled", "x-ms-azurevm-hypervisordebug-enabled"];

    /// <summary>The whole token.</summary>
    public required JsonElement Token { get; init; }

    public required string Issuer { get; init; }

    public required DateTimeOffset Expires { get; init; }

    public required DateTimeOffset? NotBefore { get; init; }

    public required DateTimeOffset? IssuedAt { get; init; }

    /// <summary>Hash of the policy that the service judged by, or null.</summary>
    public required string? PolicyHash { get; init; }

    /// <summary>What the hardware is.</summary>
    public required MaaTee Tee { get; init; }

    /// <summary>True when the hardware's claims stand in <c>x-ms-isolation-tee</c>, so that what binds the caller is the outer level.</summary>
    public required bool IsNested { get; init; }

    /// <summary>True when the hardware, or the guest around the program, can be debugged.</summary>
    public bool IsDebug => Tee.Debug || _debugFlags.Any(flag => StrictJson.Flag(Token, flag) == true);

    /// <summary>The asker's nonce: the claim <c>nonce</c>, or the client's payload of a virtual machine, as text and as the bytes that it may be base64 of.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Nonces
    {
        get
        {
            var payload = StrictJson.Object(Token, "x-ms-runtime") is { } runtime ? StrictJson.Object(runtime, "client-payload") : null;
            var text = StrictJson.Text(Token, "nonce") ?? (payload is { } client ? StrictJson.Text(client, "nonce") : null);
            if (string.IsNullOrEmpty(text))
            {
                return [];
            }

            ReadOnlyMemory<byte> plain = Encoding.UTF8.GetBytes(text);
            return Base64Text.TryDecode(text, out var bytes) || Base64Text.TryDecodeUrl(text, out bytes) ? [plain, bytes] : [plain];
        }
    }

    /// <summary>Reads the claims that verification needs, or names the one that is missing or of another type.</summary>
    public static AttestationVerdict<MaaClaims> Read(JsonElement token)
    {
        if (StrictJson.Text(token, "iss") is not { Length: > 0 } issuer)
        {
            return Refuse("iss", "an issuer");
        }

        if (!TryReadTime(token, "exp", out var expires) || expires is null)
        {
            return Refuse("exp", "a time");
        }

        if (!TryReadTime(token, "nbf", out var notBefore))
        {
            return Refuse("nbf", "a time");
        }

        if (!TryReadTime(token, "iat", out var issuedAt))
        {
            return Refuse("iat", "a time");
        }

        var inner = StrictJson.Object(token, "x-ms-isolation-tee");
        var level = inner ?? token;
        if (StrictJson.Text(level, MaaTee.TypeClaim) is not { } type)
        {
            return Refuse(MaaTee.TypeClaim, "a type");
        }

        var tee = MaaTee.Read(type, level, token);
        return !tee.Accepted
            ? new AttestationVerdict<MaaClaims>(tee.Fault)
            : new AttestationVerdict<MaaClaims>(new MaaClaims
            {
                Token = token,
                Issuer = issuer,
                Expires = expires.Value,
                NotBefore = notBefore,
                IssuedAt = issuedAt,
                PolicyHash = StrictJson.Text(token, "x-ms-policy-hash"),
                Tee = tee.Value,
                IsNested = inner is not null,
            });
    }

    private static bool TryReadTime(JsonElement token, string name, out DateTimeOffset? time)
    {
        time = null;
        if (!token.TryGetProperty(name, out _))
        {
            return true;
        }

        if (StrictJson.Number(token, name) is not (>= 0 and <= LastSecond and var seconds))
        {
            return false;
        }

        time = DateTimeOffset.FromUnixTimeSeconds(seconds);
        return true;
    }

    private static AttestationVerdict<MaaClaims> Refuse(string field, string wanted) => new(AttestationFault.Parse(field, wanted, "another, or none"));
}
