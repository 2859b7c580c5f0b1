namespace PrivChain.Core.TypedData;

/// <summary>One member of an EIP-712 struct type.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type as EIP-712 writes it, such as <c>uint256</c> or <c>Person[2]</c>.</param>
public sealed record TypedDataMember(string Name, string Type);
