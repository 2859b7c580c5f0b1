using System.Collections.Frozen;
using PrivChain.Core.Bytes;
using PrivChain.Core.TypedData;

namespace PrivChain.Core.Ledger;

/// <summary>
/// The EIP-712 type of each entry kind, in one table: struct hash, wallet text and the rule that a field outside the type is zero all
/// come from it. The types are listed in schemas/README.md, "Documents".
/// </summary>
internal static class EntryDocuments
{
    private static readonly FrozenDictionary<EntryKind, DocumentType> Types = new DocumentType[]
    {
        new(EntryKind.Enrol, "Enrolment", null,
            ("uint8", "role", EntrySlot.Role), ("address", "account", EntrySlot.Party), ("bytes32", "subject", EntrySlot.Reference),
            ("uint64", "notBefore", EntrySlot.NotBefore), ("uint64", "notAfter", EntrySlot.NotAfter),
            ("uint32", "points", EntrySlot.Price), ("bytes32", "profile", EntrySlot.Details)),
        new(EntryKind.Expel, "Expulsion", null,
            ("uint8", "role", EntrySlot.Role), ("address", "account", EntrySlot.Party), ("bytes32", "subject", EntrySlot.Reference),
            ("bytes32", "reason", EntrySlot.Details)),
        new(EntryKind.Publish, "Publication", null,
            ("bytes32", "contract", EntrySlot.Reference), ("uint64", "maxSeconds", EntrySlot.NotAfter),
            ("uint32", "maxUses", EntrySlot.Count), ("uint32", "price", EntrySlot.Price)),
        new(EntryKind.Approve, "Approval", null,
            ("bytes32", "contract", EntrySlot.Reference), ("bytes32", "opinion", EntrySlot.Details)),
        new(EntryKind.Withdraw, "Withdrawal", null,
            ("bytes32", "contract", EntrySlot.Reference), ("bytes32", "opinion", EntrySlot.Details)),
        new(EntryKind.Anchor, "Anchor", "AnchorDetails(string schema,bytes32 salt)",
            ("bytes32", "record", EntrySlot.Reference), ("address", "holder", EntrySlot.Party), ("AnchorDetails", "details", EntrySlot.Details)),
        new(EntryKind.Grant, "Consent",
            "ConsentDetails(string controllerName,string title,string purpose,string[] fields,bytes32[] records,bytes32 recipientKey,bytes32 citizenKey,bytes32 keyPackage,address[] brokers,uint32 threshold,bytes32 request,bytes32 salt)",
            ("bytes32", "contract", EntrySlot.Reference), ("address", "controller", EntrySlot.Party),
            ("uint64", "notBefore", EntrySlot.NotBefore), ("uint64", "notAfter", EntrySlot.NotAfter),
            ("uint32", "uses", EntrySlot.Count), ("uint32", "price", EntrySlot.Price), ("ConsentDetails", "details", EntrySlot.Details)),
        new(EntryKind.Revoke, "Revocation", "RevocationDetails(string reason,bytes32 salt)",
            ("bytes32", "consent", EntrySlot.Reference), ("RevocationDetails", "details", EntrySlot.Details)),
        new(EntryKind.Session, "Session", "SessionDetails(bytes32 sessionKey,bytes32 evidence)",
            ("address", "worker", EntrySlot.Party), ("bytes32", "measurement", EntrySlot.Reference),
            ("uint64", "notBefore", EntrySlot.NotBefore), ("uint64", "notAfter", EntrySlot.NotAfter), ("SessionDetails", "details", EntrySlot.Details)),
        new(EntryKind.Use, "Use", null,
            ("bytes32", "consent", EntrySlot.Reference), ("address", "worker", EntrySlot.Party),
            ("uint32", "count", EntrySlot.Count), ("bytes32", "queries", EntrySlot.Details)),
        new(EntryKind.Deliver, "Delivery", null,
            ("bytes32", "use", EntrySlot.Reference), ("bytes32", "receipt", EntrySlot.Details)),
        new(EntryKind.Erase, "Erasure", "ErasureDetails(string reason,bytes32 salt)",
            ("bytes32", "record", EntrySlot.Reference), ("ErasureDetails", "details", EntrySlot.Details)),
    }.ToFrozenDictionary(type => type.Kind);

    /// <summary>The type of a kind.</summary>
    public static DocumentType TypeOf(EntryKind kind) => Types[kind];

    /// <summary>hashStruct of the document that the entry carries.</summary>
    public static Digest StructHash(Entry entry)
    {
        var type = Types[entry.Kind];
        Span<Digest> words = new Digest[type.Members.Count];
        for (var i = 0; i < words.Length; i++)
        {
            words[i] = Word(entry, type.Members[i].Slot);
        }

        return type.Encoded.Hash(entry.Suite, words);
    }

    /// <summary>True when every field that the kind's document does not carry is zero: what is not signed says nothing.</summary>
    public static bool UnsignedFieldsAreZero(Entry entry)
    {
        var type = Types[entry.Kind];
        foreach (var slot in Enum.GetValues<EntrySlot>())
        {
            if (!type.Carries(slot) && !Word(entry, slot).IsZero)
            {
                return false;
            }
        }

        return true;
    }

    private static Digest Word(Entry entry, EntrySlot slot) => slot switch
    {
        EntrySlot.Role => TypedDataHash.Word((ulong)entry.Role),
        EntrySlot.Party => TypedDataHash.Word(entry.Party),
        EntrySlot.Reference => entry.Reference,
        EntrySlot.Details => entry.Details,
        EntrySlot.NotBefore => TypedDataHash.Word(entry.NotBefore),
        EntrySlot.NotAfter => TypedDataHash.Word(entry.NotAfter),
        EntrySlot.Count => TypedDataHash.Word((ulong)entry.Count),
        EntrySlot.Price => TypedDataHash.Word((ulong)entry.Price),
        _ => throw new ArgumentOutOfRangeException(nameof(slot)),
    };
}
