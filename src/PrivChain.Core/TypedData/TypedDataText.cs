using System.Text.Json.Nodes;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;

namespace PrivChain.Core.TypedData;

/// <summary>The text of <c>eth_signTypedData_v4</c> of a document without nested types, made from the same encodeType as its hash.</summary>
internal static class TypedDataText
{
    /// <param name="domain">The ledger's domain.</param>
    /// <param name="encodedType">encodeType, such as <c>Name(uint8 a,bytes b)</c>.</param>
    /// <param name="values">One for each member: decimal text for integers, hex for bytes and addresses.</param>
    public static string Of(LedgerDomain domain, string encodedType, params ReadOnlySpan<string> values)
    {
        var open = encodedType.IndexOf('(', StringComparison.Ordinal);
        var members = encodedType[(open + 1)..^1].Split(',').Select(member => member.Split(' ')).Select(parts => new TypedDataMember(parts[1], parts[0])).ToList();
        var message = new JsonObject();
        for (var i = 0; i < members.Count; i++)
        {
            message[members[i].Name] = values[i];
        }

        var described = new TypedDataDomain { Name = LedgerDomain.Name, Version = LedgerDomain.Version, ChainId = domain.ChainId, Salt = domain.LedgerId };
        return TypedDataDocument.Create([new TypedDataType(encodedType[..open], members)], encodedType[..open], described, message).OrThrow().ToJson();
    }
}
