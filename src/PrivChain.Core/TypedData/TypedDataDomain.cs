using System.Numerics;
using PrivChain.Core.Bytes;
using PrivChain.Core.Suites;

namespace PrivChain.Core.TypedData;

/// <summary>
/// The EIP-712 domain: only fields that are present are hashed, in the order of the EIP. A domain without a chain id or salt lets a signature be
/// replayed on another chain or ledger; our own documents always carry both.
/// </summary>
public sealed record TypedDataDomain
{
    /// <summary>The name of the domain's type.</summary>
    public const string TypeName = "EIP712Domain";

    internal static readonly TypedDataMember[] Fields =
    [
        new("name", "string"),
        new("version", "string"),
        new("chainId", "uint256"),
        new("verifyingContract", "address"),
        new("salt", "bytes32"),
    ];

    /// <summary>The readable name of the signing domain.</summary>
    public string? Name { get; init; }

    /// <summary>Its version.</summary>
    public string? Version { get; init; }

    /// <summary>The EIP-155 chain id, 0 to 2^256-1.</summary>
    public BigInteger? ChainId { get; init; }

    /// <summary>The contract that will check the signature.</summary>
    public AccountAddress? VerifyingContract { get; init; }

    /// <summary>32 bytes that tell this domain from others; the ledger id in ours.</summary>
    public Digest? Salt { get; init; }

    /// <summary>The type that lists exactly the fields present.</summary>
    public TypedDataType Type =>
        new(TypeName, [.. Fields.Where((_, i) => IsPresent(i))]);

    /// <summary>domainSeparator = hashStruct of the fields present. Compute once and keep: it is the same for every document of a ledger.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The chain id does not fit 256 bits, or is negative.</exception>
    public Digest Separator() => Separator(Suite.International);

    /// <summary>The domain separator in a suite.</summary>
    public Digest Separator(Suite suite)
    {
        var words = new List<Digest>(Fields.Length);
        if (Name is not null)
        {
            words.Add(TypedDataHash.String(suite, Name));
        }

        if (Version is not null)
        {
            words.Add(TypedDataHash.String(suite, Version));
        }

        if (ChainId is { } chainId)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(chainId);
            words.Add(TypedDataHash.Word(chainId));
        }

        if (VerifyingContract is { } contract)
        {
            words.Add(TypedDataHash.Word(contract));
        }

        if (Salt is { } salt)
        {
            words.Add(salt);
        }

        return TypedDataHash.Struct(suite, TypedDataHash.String(suite, Type.ToString()), [.. words]);
    }

    private bool IsPresent(int field) => field switch
    {
        0 => Name is not null,
        1 => Version is not null,
        2 => ChainId is not null,
        3 => VerifyingContract is not null,
        _ => Salt is not null,
    };
}
