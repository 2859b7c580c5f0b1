using System.Text;
using PrivChain.Core.Bytes;
using PrivChain.Core.Keys;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Core.Suites;
using PrivChain.Core.TypedData;

namespace PrivChain.Core.Documents;

/// <summary>
/// Why a regulator sends a contract back instead of approving it. Signed by itself, so that the institution can show it to others; it changes nothing on the ledger, where a contract without approval is
/// refused as it stands. Whether the signer is a regulator is for whoever reads it to ask the ledger.
/// </summary>
public sealed class ReviewNote
{
    /// <summary>Longest reason, in bytes of UTF-8.</summary>
    public const int MaxReason = 4096;

    private const byte LayoutVersion = 1;

    private static readonly EncodedType _type = new("ReviewNote(address regulator,bytes32 contract,string reason,uint64 writtenAt)");

    private ReviewNote(AccountAddress regulator, Digest contract, string reason, ulong writtenAt, AccountSignature signature)
    {
        Regulator = regulator;
        Contract = contract;
        Reason = reason;
        WrittenAt = writtenAt;
        Signature = signature;
    }

    /// <summary>The account whose signature was checked.</summary>
    public AccountAddress Regulator { get; }

    /// <summary>Digest of the contract.</summary>
    public Digest Contract { get; }

    /// <summary>In the regulator's own words; never empty.</summary>
    public string Reason { get; }

    /// <summary>Unix seconds, as the regulator says.</summary>
    public ulong WrittenAt { get; }

    /// <summary>EIP-712 signature by the regulator.</summary>
    public AccountSignature Signature { get; }

    /// <summary>Makes and signs a note: <see cref="RefusalReason.Malformed"/> without a reason, <see cref="RefusalReason.TooLarge"/> with one above <see cref="MaxReason"/>.</summary>
    public static Verdict<ReviewNote> Sign(LedgerDomain domain, Account regulator, Digest contract, string reason, ulong writtenAt)
    {
        ArgumentNullException.ThrowIfNull(domain);
        ArgumentNullException.ThrowIfNull(regulator);
        ArgumentNullException.ThrowIfNull(reason);
        return string.IsNullOrWhiteSpace(reason) ? Verdict<ReviewNote>.Refuse(RefusalReason.Malformed, "wanted a reason for sending the contract back")
            : Encoding.UTF8.GetByteCount(reason) is > MaxReason and var bytes ? Verdict<ReviewNote>.Refuse(RefusalReason.TooLarge, $"a reason of {bytes} bytes; wanted at most {MaxReason}")
            : new ReviewNote(regulator.Address, contract, reason, writtenAt, domain.Sign(regulator, StructHash(domain.Suite, regulator.Address, contract, reason, writtenAt)));
    }

    /// <summary>Layout: version 1, regulator, contract, reason, written at, signature.</summary>
    public byte[] ToArray() => new RecordWriter()
        .Byte(LayoutVersion).Address(Regulator).Digest(Contract).Text(Reason).UInt64(WrittenAt).Raw(Signature.ToArray()).ToArray();

    /// <summary>Parses a note and checks that its account signed it for this ledger: <see cref="RefusalReason.Malformed"/>, <see cref="RefusalReason.WrongSuite"/> or <see cref="RefusalReason.BadSignature"/>.</summary>
    public static Verdict<ReviewNote> Verify(LedgerDomain domain, ReadOnlySpan<byte> bytes)
    {
        ArgumentNullException.ThrowIfNull(domain);
        var reader = new RecordReader(bytes);
        var version = reader.Byte();
        var regulator = reader.Address();
        var contract = reader.Digest();
        var reason = reader.Text(MaxReason);
        var writtenAt = reader.UInt64();
        if (domain.Suite.RefusalOfLength(reader.Remaining, "the note's signature") is { } foreign)
        {
            return foreign;
        }

        var signatureBytes = reader.Take(domain.Suite.SignatureSize);
        if (!reader.Complete || version != LayoutVersion || string.IsNullOrWhiteSpace(reason) || !AccountSignature.TryParse(domain.Suite, signatureBytes, out var signature))
        {
            return Verdict<ReviewNote>.Refuse(RefusalReason.Malformed, "not a regulator's note");
        }

        return domain.Verify(regulator, StructHash(domain.Suite, regulator, contract, reason, writtenAt), signature)
            ? new ReviewNote(regulator, contract, reason, writtenAt, signature)
            : Verdict<ReviewNote>.Refuse(RefusalReason.BadSignature, "the account did not sign this note for this ledger");
    }

    private static Digest StructHash(Suite suite, AccountAddress regulator, Digest contract, string reason, ulong writtenAt) =>
        _type.Hash(suite, TypedDataHash.Word(regulator), contract, TypedDataHash.String(suite, reason), TypedDataHash.Word(writtenAt));
}
