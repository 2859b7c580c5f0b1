using PrivChain.Core.Bytes;
using PrivChain.Core.Suites;
using PrivChain.Core.TypedData;

namespace PrivChain.Core.Documents;

/// <summary>What an institution signs to open a query session with one worker; it never goes onto the ledger.</summary>
/// <param name="Institution">The institution's account.</param>
/// <param name="Worker">The worker's session account.</param>
/// <param name="SessionKey">Fingerprint of the worker's HPKE key.</param>
/// <param name="Encapsulated">SHA-256 of the HPKE encapsulation to that key.</param>
/// <param name="RecipientKey">Fingerprint of the institution's HPKE key for answers.</param>
/// <param name="OpenedAt">Unix seconds.</param>
public sealed record QuerySession(
    AccountAddress Institution, AccountAddress Worker, Digest SessionKey, Digest Encapsulated, Digest RecipientKey, ulong OpenedAt)
{
    /// <summary>Longest difference, in seconds, between <see cref="OpenedAt"/> and the worker's clock: a captured opening is worth nothing later.</summary>
    public const ulong MaxSkewSeconds = 120;

    private static readonly EncodedType _type = new(
        "QuerySession(address institution,address worker,bytes32 sessionKey,bytes32 encapsulated,bytes32 recipientKey,uint64 openedAt)");

    /// <summary>EIP-712 hashStruct.</summary>
    public Digest StructHash(Suite suite) => _type.Hash(
        suite,
        TypedDataHash.Word(Institution),
        TypedDataHash.Word(Worker),
        SessionKey,
        Encapsulated,
        RecipientKey,
        TypedDataHash.Word(OpenedAt));

    /// <summary>HPKE context (with <see cref="Labels.QuerySession"/> or <see cref="Labels.AnswerToInstitution"/>) of the session: ledger, worker, institution.</summary>
    public static byte[] HpkeContext(Digest ledgerId, AccountAddress worker, AccountAddress institution) =>
        [.. ledgerId.ToArray(), .. worker.ToArray(), .. institution.ToArray()];
}
