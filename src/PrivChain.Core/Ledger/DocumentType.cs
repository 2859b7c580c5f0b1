using PrivChain.Core.TypedData;

namespace PrivChain.Core.Ledger;

/// <summary>One row of the table of document types: the EIP-712 struct, and which entry field each member is.</summary>
internal sealed class DocumentType
{
    private readonly uint _carried;

    public DocumentType(EntryKind kind, string name, string? detailsType, params (string Type, string Name, EntrySlot Slot)[] members)
    {
        Kind = kind;
        Name = name;
        DetailsType = detailsType;
        Members = members;

        // EIP-712 encodeType: the primary type, then the types it refers to, sorted by name; there is at most one.
        Encoded = new EncodedType($"{name}({string.Join(',', members.Select(member => $"{member.Type} {member.Name}"))}){detailsType}");
        foreach (var member in members)
        {
            _carried |= 1u << (int)member.Slot;
        }
    }

    public EntryKind Kind { get; }

    public string Name { get; }

    /// <summary>encodeType of the nested struct, or null where <c>details</c> is a plain digest or absent.</summary>
    public string? DetailsType { get; }

    public IReadOnlyList<(string Type, string Name, EntrySlot Slot)> Members { get; }

    public EncodedType Encoded { get; }

    public bool Carries(EntrySlot slot) => (_carried & (1u << (int)slot)) != 0;
}
