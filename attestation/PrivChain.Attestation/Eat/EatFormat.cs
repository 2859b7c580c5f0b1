using PrivChain.Attestation.Cbor;
using PrivChain.Attestation.Evidence;

namespace PrivChain.Attestation.Eat;

/// <summary>Entity attestation token without a profile of its own here: CWT or JWT (RFC 9711, 8392), bundle, or a bare claims-set, which is read and never accepted.</summary>
internal sealed class EatFormat : IEvidenceFormat
{
    private static readonly (ulong Tag, string Name)[] _messages = [(16, "COSE_Encrypt0"), (17, "COSE_Mac0"), (96, "COSE_Encrypt"), (97, "COSE_Mac"), (98, "COSE_Sign")];

    public string Kind => EvidenceKind.Eat;

    public IReadOnlyList<string> OtherParts => [];

    public int MaxSize => 128 * 1024;

    /// <summary>Tagged tokens, and JWTs and bare maps that hold a claim of RFC 9711; the profiles and services that have formats of their own look first.</summary>
    public bool Recognises(ReadOnlySpan<byte> main)
    {
        if (main.Length == 0 || main.Length > MaxSize || EatReader.Read(main.ToArray()) is not { } token || PsaClaims.IsPsa(token) || Maa.MaaFormat.IsMaa(token))
        {
            return false;
        }

        return token.Sign1 is { IsTagged: true } || token.Claims.Entries.Any(claim => claim.Key.Kind == Cbor.CborKind.Integer && (claim.Key.Number == EatClaim.Nonce || (claim.Key.Number >= EatClaim.Ueid && claim.Key.Number <= 275)));
    }

    public AttestationVerdict<IEvidenceBody> Parse(EvidenceParts parts) =>
        EatReader.Read(parts.MainPart) is { } token
            ? new AttestationVerdict<IEvidenceBody>(new EatBody(token))
            : MessageOf(parts.MainPart) is { } message
            ? new AttestationVerdict<IEvidenceBody>(AttestationFault.Parse("token", "COSE_Sign1 or JWS", message, AttestationRefusal.UnsupportedFormat))
            : new AttestationVerdict<IEvidenceBody>(AttestationFault.Parse("token", "a CWT or JWT with the claims of RFC 9711, and nothing after it", "something else"));

    // Messages of COSE that RFC 9711 allows and no profile or attester known here uses.
    private static string? MessageOf(ReadOnlyMemory<byte> bytes) =>
        CborValue.TryParse(bytes, out var value) && (value.Untag(EatToken.CwtTag) ?? value) is var message
            ? Array.Find(_messages, known => message.Untag(known.Tag) is not null).Name
            : null;
}
