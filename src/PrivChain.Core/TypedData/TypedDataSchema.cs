using System.Text.Json;
using PrivChain.Core.Bytes;
using PrivChain.Core.Refusals;

namespace PrivChain.Core.TypedData;

/// <summary>A checked set of EIP-712 struct types: every reference is resolved, none is circular, every name is an identifier used once.</summary>
public sealed class TypedDataSchema
{
    /// <summary>More types than this are refused.</summary>
    public const int MaxTypes = 64;

    /// <summary>More members in one type than this are refused.</summary>
    public const int MaxMembers = 256;

    private readonly Dictionary<string, CheckedType> _types = new(StringComparer.Ordinal);

    private TypedDataSchema(IReadOnlyList<TypedDataType> types) => Types = types;

    /// <summary>The types, in the order given.</summary>
    public IReadOnlyList<TypedDataType> Types { get; }

    /// <summary>Checks a set of types.</summary>
    public static Verdict<TypedDataSchema> Create(IReadOnlyList<TypedDataType> types)
    {
        ArgumentNullException.ThrowIfNull(types);
        if (types.Count > MaxTypes)
        {
            return Verdict<TypedDataSchema>.Refuse(RefusalReason.TooLarge, $"{types.Count} types, wanted at most {MaxTypes}");
        }

        var schema = new TypedDataSchema(types);
        foreach (var type in types)
        {
            if (schema.Add(type) is { } refusal)
            {
                return refusal;
            }
        }

        foreach (var type in types)
        {
            if (schema.Resolve(type.Name) is { } refusal)
            {
                return refusal;
            }
        }

        return schema;
    }

    /// <summary>True when the schema has this type.</summary>
    public bool Contains(string name) => _types.ContainsKey(name);

    /// <summary>encodeType: the type, then every type it refers to, sorted by name.</summary>
    /// <exception cref="ArgumentException">No such type.</exception>
    public string EncodeType(string name) => Get(name).Encoded;

    /// <summary>typeHash.</summary>
    /// <exception cref="ArgumentException">No such type.</exception>
    public Digest TypeHash(string name) => Get(name).Hash;

    /// <summary>hashStruct of a JSON object that has exactly the type's members; see <see cref="TypedDataDocument"/> for the forms of values.</summary>
    /// <exception cref="ArgumentException">No such type.</exception>
    public Verdict<Digest> HashStruct(string name, JsonElement value)
    {
        var words = EncodeData(name, value);
        return words.Accepted ? TypedDataHash.Array(words.Value) : words.Refusal;
    }

    /// <summary>typeHash and encodeData: the words whose concatenation is hashed.</summary>
    /// <exception cref="ArgumentException">No such type.</exception>
    public Verdict<Digest[]> EncodeData(string name, JsonElement value)
    {
        Get(name);
        var encoder = new TypedDataEncoder(this);
        var words = encoder.Encode(name, value, name);
        return encoder.Refusal is { } refusal ? refusal : words;
    }

    internal CheckedType Get(string name) =>
        _types.TryGetValue(name, out var type) ? type : throw new ArgumentException($"no type {name}", nameof(name));

    private static Refusal Refuse(string detail) => new(RefusalReason.Malformed, detail);

    private Refusal? Add(TypedDataType type)
    {
        if (!ValueType.IsIdentifier(type.Name) || ValueType.IsReserved(type.Name))
        {
            return Refuse("the name of a type is not an identifier, or is that of an atomic type");
        }

        if (type.Members.Count > MaxMembers)
        {
            return new Refusal(RefusalReason.TooLarge, $"{type.Name} has {type.Members.Count} members, wanted at most {MaxMembers}");
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        var members = new List<CheckedMember>(type.Members.Count);
        foreach (var member in type.Members)
        {
            if (!ValueType.IsIdentifier(member.Name) || !names.Add(member.Name))
            {
                return Refuse($"{type.Name} has a member whose name is not an identifier, or occurs twice");
            }

            if (ValueType.Parse(member.Type) is not { } valueType)
            {
                return Refuse($"{type.Name}.{member.Name} has no type of EIP-712: integers need a size (uint256), bytesN has N in 1..32, fixed arrays a length above 0");
            }

            members.Add(new CheckedMember(member.Name, valueType));
        }

        if (type.Name == TypedDataDomain.TypeName && !IsDomain(type))
        {
            return Refuse($"{TypedDataDomain.TypeName} wants name, version, chainId, verifyingContract, salt in this order and with the types of the EIP");
        }

        return _types.TryAdd(type.Name, new CheckedType(type, members)) ? null : Refuse($"{type.Name} occurs twice");
    }

    // Wallets that hash the domain as declared and wallets that hash it in the order of the EIP agree on these only.
    private static bool IsDomain(TypedDataType type)
    {
        var next = 0;
        foreach (var field in TypedDataDomain.Fields)
        {
            if (next < type.Members.Count && type.Members[next] == field)
            {
                next++;
            }
        }

        return next == type.Members.Count;
    }

    private Refusal? Resolve(string name)
    {
        var type = _types[name];
        if (type.State != Resolution.None)
        {
            return type.State == Resolution.Running ? Refuse($"{name} contains itself") : null;
        }

        type.State = Resolution.Running;
        foreach (var member in type.Members)
        {
            if (member.Type.ReferencedStruct is not { } reference)
            {
                continue;
            }

            if (!_types.TryGetValue(reference, out var referenced) || reference == TypedDataDomain.TypeName)
            {
                return Refuse($"{name}.{member.Name} refers to {reference}, which is not a type of this document");
            }

            if (Resolve(reference) is { } refusal)
            {
                return refusal;
            }

            type.References.Add(reference);
            type.References.UnionWith(referenced.References);
        }

        type.Encoded = type.Declared + string.Concat(type.References.Select(reference => _types[reference].Declared.ToString()));
        type.Hash = TypedDataHash.Type(type.Encoded);
        type.State = Resolution.Done;
        return null;
    }

    internal enum Resolution
    {
        None,
        Running,
        Done,
    }

    internal sealed record CheckedMember(string Name, ValueType Type);

    internal sealed class CheckedType(TypedDataType declared, IReadOnlyList<CheckedMember> members)
    {
        public TypedDataType Declared { get; } = declared;

        public IReadOnlyList<CheckedMember> Members { get; } = members;

        public SortedSet<string> References { get; } = new(StringComparer.Ordinal);

        public string Encoded { get; set; } = string.Empty;

        public Digest Hash { get; set; }

        public Resolution State { get; set; }
    }
}
