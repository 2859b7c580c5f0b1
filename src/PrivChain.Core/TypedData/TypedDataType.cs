namespace PrivChain.Core.TypedData;

/// <summary>An EIP-712 struct type. <see cref="TypedDataSchema"/> checks a set of them.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Members">Its members in hashing order.</param>
public sealed record TypedDataType(string Name, IReadOnlyList<TypedDataMember> Members)
{
    /// <summary>encodeType of this type alone: <c>Person(string name,address wallet)</c>.</summary>
    public override string ToString() => $"{Name}({string.Join(',', Members.Select(member => $"{member.Type} {member.Name}"))})";
}
