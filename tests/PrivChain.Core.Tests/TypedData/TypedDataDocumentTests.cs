using System.Numerics;
using System.Text;
using System.Text.Json.Nodes;
using PrivChain.Core.Bytes;
using PrivChain.Core.Refusals;
using PrivChain.Core.TypedData;

namespace PrivChain.Core.Tests.TypedData;

[TestClass]
public sealed class TypedDataDocumentTests
{
    private const string Valid = """
        {"types":{"EIP712Domain":[{"name":"name","type":"string"},{"name":"chainId","type":"uint256"},{"name":"salt","type":"bytes32"}],
        "Grant":[{"name":"to","type":"address"},{"name":"uses","type":"uint8"},{"name":"delta","type":"int16"},{"name":"tag","type":"bytes4"},{"name":"note","type":"string"},{"name":"open","type":"bool"},{"name":"fields","type":"Field[]"},{"name":"pair","type":"uint64[2]"},{"name":"raw","type":"bytes"}],
        "Field":[{"name":"path","type":"string"},{"name":"key","type":"bytes32"}]},
        "primaryType":"Grant","domain":{"name":"PrivChain","chainId":1,"salt":"0x0101010101010101010101010101010101010101010101010101010101010101"},
        "message":{"to":"0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826","uses":3,"delta":-2,"tag":"0x01020304","note":"房贷","open":true,
        "fields":[{"path":"a","key":"0x0202020202020202020202020202020202020202020202020202020202020202"}],"pair":[1,"18446744073709551615"],"raw":"0xabcd"}}
        """;

    // The two ways to a hash, from JSON and from words in code, agree on every form of value.
    [TestMethod]
    public void Parse_AndHashingInCode_Agree()
    {
        var document = Parse(Valid).OrThrow();
        const string fieldType = "Field(string path,bytes32 key)";
        var fieldHash = TypedDataHash.Struct(
            TypedDataHash.Type(fieldType),
            TypedDataHash.String("a"),
            new Digest(Enumerable.Repeat((byte)2, 32).ToArray()));
        var hash = TypedDataHash.Struct(
            TypedDataHash.Type("Grant(address to,uint8 uses,int16 delta,bytes4 tag,string note,bool open,Field[] fields,uint64[2] pair,bytes raw)" + fieldType),
            TypedDataHash.Word(AccountAddress.Parse("0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826")),
            TypedDataHash.Word(3UL),
            TypedDataHash.Word(new BigInteger(-2)),
            TypedDataHash.FixedBytes([1, 2, 3, 4]),
            TypedDataHash.String("房贷"),
            TypedDataHash.Word(true),
            TypedDataHash.Array(fieldHash),
            TypedDataHash.Array(TypedDataHash.Word(1UL), TypedDataHash.Word((UInt128)ulong.MaxValue)),
            TypedDataHash.Bytes([0xab, 0xcd]));
        Assert.AreEqual(hash, document.StructHash);

        var domain = new TypedDataDomain { Name = "PrivChain", ChainId = 1, Salt = new Digest(Enumerable.Repeat((byte)1, 32).ToArray()) };
        Assert.AreEqual(domain, document.Domain);
        Assert.AreEqual(TypedDataHash.Signing(domain.Separator(), hash), document.SigningDigest);
    }

    [TestMethod]
    public void Create_SameContent_IsTheSameDocument()
    {
        var parsed = Parse(Valid).OrThrow();
        var root = JsonNode.Parse(Valid)!.AsObject();
        var types = parsed.Schema.Types.Where(type => type.Name != TypedDataDomain.TypeName).ToList();
        var created = TypedDataDocument.Create(types, "Grant", parsed.Domain, root["message"]!.AsObject()).OrThrow();
        Assert.AreEqual(parsed.SigningDigest, created.SigningDigest);
        Assert.AreEqual(parsed.ToJson(), created.ToJson());
        Assert.Contains("房贷", created.ToJson());

        var large = parsed.Domain with { ChainId = BigInteger.Pow(2, 200) };
        Assert.AreEqual(large, TypedDataDocument.Create(types, "Grant", large, root["message"]!.AsObject()).OrThrow().Domain);
        Assert.AreEqual(RefusalReason.Malformed, TypedDataDocument.Create(types, "Grant", parsed.Domain with { ChainId = -1 }, root["message"]!.AsObject()).Reason);
        Assert.AreEqual(RefusalReason.Malformed, TypedDataDocument.Create(types, "Field", parsed.Domain, root["message"]!.AsObject()).Reason);
    }

    [TestMethod]
    [DataRow("\"uses\":3", "\"uses\":255", true)]
    [DataRow("\"uses\":3", "\"uses\":256", false)]
    [DataRow("\"uses\":3", "\"uses\":-1", false)]
    [DataRow("\"uses\":3", "\"uses\":3.0", false)]
    [DataRow("\"uses\":3", "\"uses\":3e0", false)]
    [DataRow("\"uses\":3", "\"uses\":-0", false)]
    [DataRow("\"uses\":3", "\"uses\":\"3\"", true)]
    [DataRow("\"uses\":3", "\"uses\":\"0x3\"", true)]
    [DataRow("\"uses\":3", "\"uses\":\"0xff\"", true)]
    [DataRow("\"uses\":3", "\"uses\":\"0x100\"", false)]
    [DataRow("\"uses\":3", "\"uses\":\"0X3\"", false)]
    [DataRow("\"uses\":3", "\"uses\":\"0x\"", false)]
    [DataRow("\"uses\":3", "\"uses\":\"\"", false)]
    [DataRow("\"uses\":3", "\"uses\":\" 3\"", false)]
    [DataRow("\"uses\":3", "\"uses\":\"03\"", false)]
    [DataRow("\"uses\":3", "\"uses\":\"+3\"", false)]
    [DataRow("\"uses\":3", "\"uses\":\"-\"", false)]
    [DataRow("\"uses\":3", "\"uses\":\"３\"", false)]
    [DataRow("\"uses\":3", "\"uses\":null", false)]
    [DataRow("\"uses\":3", "\"uses\":true", false)]
    [DataRow("\"uses\":3,", "", false)]
    [DataRow("\"uses\":3", "\"uses\":3,\"uses\":3", false)]
    [DataRow("\"uses\":3", "\"uses\":3,\"\\u0075ses\":3", false)]
    [DataRow("\"uses\":3", "\"uses\":3,\"more\":3", false)]
    [DataRow("\"uses\":3", "\"uses\":3,\"\\ud800\":3", false)]
    [DataRow("\"delta\":-2", "\"delta\":-32768", true)]
    [DataRow("\"delta\":-2", "\"delta\":-32769", false)]
    [DataRow("\"delta\":-2", "\"delta\":32767", true)]
    [DataRow("\"delta\":-2", "\"delta\":32768", false)]
    [DataRow("\"delta\":-2", "\"delta\":\"0xffff\"", false)]
    [DataRow("[1,\"1844", "[9007199254740991,\"1844", true)]
    [DataRow("[1,\"1844", "[9007199254740992,\"1844", false)]
    [DataRow("18446744073709551615", "18446744073709551616", false)]
    [DataRow("[1,\"18446744073709551615\"]", "[1]", false)]
    [DataRow("[1,\"18446744073709551615\"]", "[1,2,3]", false)]
    [DataRow("[1,\"18446744073709551615\"]", "{}", false)]
    [DataRow("0x01020304", "0x010203", false)]
    [DataRow("0x01020304", "0x0102030405", false)]
    [DataRow("0x01020304", "01020304", false)]
    [DataRow("0x01020304", "0xABCDEF01", true)]
    [DataRow("0xabcd\"", "0xabc\"", false)]
    [DataRow("0xabcd\"", "0x\"", true)]
    [DataRow("0xabcd\"", "\"", false)]
    [DataRow("\"note\":\"房贷\"", "\"note\":\"\\ud800\"", false)]
    [DataRow("\"note\":\"房贷\"", "\"note\":\"\\ud83d\\ude00\"", true)]
    [DataRow("\"note\":\"房贷\"", "\"note\":5", false)]
    [DataRow("\"open\":true", "\"open\":\"false\"", false)]
    [DataRow("\"open\":true", "\"open\":1", false)]
    [DataRow("0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826", "0xcd2a3d9f938e13cd947ec05abc7fe734df8dd826", true)]
    [DataRow("0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826", "0xCD2A3D9F938E13CD947EC05ABC7FE734DF8DD826", false)]
    [DataRow("0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826", "0xDD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826", false)]
    [DataRow("\"primaryType\":\"Grant\"", "\"primaryType\":\"EIP712Domain\"", false)]
    [DataRow("\"primaryType\":\"Grant\"", "\"primaryType\":\"Nothing\"", false)]
    [DataRow("\"primaryType\":\"Grant\"", "\"primaryType\":\"Grant\",\"more\":1", false)]
    [DataRow("\"EIP712Domain\":[{\"name\":\"name\",\"type\":\"string\"},", "\"EIP712Domain\":[", false)]
    [DataRow("\"chainId\",\"type\":\"uint256\"", "\"chainId\",\"type\":\"uint64\"", false)]
    [DataRow("\"chainId\":1", "\"chainId\":\"1\"", true)]
    [DataRow("\"EIP712Domain\"", "\"Domain\"", false)]
    [DataRow("Field[]", "Field", false)]
    [DataRow("Field[]", "Grant[]", false)]
    [DataRow("Field[]", "EIP712Domain[]", false)]
    [DataRow("Field[]", "Missing[]", false)]
    [DataRow("uint64[2]", "uint64[02]", false)]
    [DataRow("uint64[2]", "uint64[0]", false)]
    [DataRow("uint64[2]", "uint64[2", false)]
    [DataRow("uint64[2]", "uint64[2]x", false)]
    [DataRow("uint64[2]", "uint64[]", true)]
    [DataRow("uint64[2]", "uint64[-1]", false)]
    [DataRow("uint64[2]", "uint64[9999999]", false)]
    [DataRow("\"uint8\"", "\"uint\"", false)]
    [DataRow("\"uint8\"", "\"uint08\"", false)]
    [DataRow("\"uint8\"", "\"uint9\"", false)]
    [DataRow("\"uint8\"", "\"uint264\"", false)]
    [DataRow("\"uint8\"", "\"uint256\"", true)]
    [DataRow("\"int16\"", "\"int\"", false)]
    [DataRow("\"bytes4\"", "\"bytes0\"", false)]
    [DataRow("\"bytes4\"", "\"bytes33\"", false)]
    [DataRow("\"name\":\"note\"", "\"name\":\"uses\"", false)]
    [DataRow("\"name\":\"note\"", "\"name\":\"no te\"", false)]
    [DataRow("\"Field\":[", "\"uint256\":[],\"Field\":[", false)]
    [DataRow("\"Field\":[", "\"function\":[],\"Field\":[", false)]
    [DataRow("\"Field\":[", "\"Unused\":[],\"Field\":[", true)]
    [DataRow("\"Field\":[", "\"Field\":[],\"Field\":[", false)]
    public void Parse_OneThingChanged_IsAcceptedOrRefused(string from, string to, bool accepted)
    {
        Assert.Contains(from, Valid);
        var verdict = Parse(Valid.Replace(from, to, StringComparison.Ordinal));
        Assert.AreEqual(accepted ? RefusalReason.None : RefusalReason.Malformed, verdict.Reason, verdict.Refusal?.Detail ?? to);
    }

    [TestMethod]
    public void Parse_TruncatedOrTrailing_IsRefused()
    {
        var valid = Encoding.UTF8.GetBytes(Valid.TrimEnd());
        Assert.IsTrue(TypedDataDocument.Parse(valid).Accepted);
        for (var length = 0; length < valid.Length; length++)
        {
            Assert.IsFalse(TypedDataDocument.Parse(valid.AsSpan(0, length)).Accepted, $"accepted {length} bytes");
        }

        Assert.IsFalse(TypedDataDocument.Parse([.. valid, (byte)'x']).Accepted);
        Assert.IsFalse(TypedDataDocument.Parse([0xef, 0xbb, 0xbf, .. valid]).Accepted);
        Assert.AreEqual(RefusalReason.TooLarge, TypedDataDocument.Parse(new byte[TypedDataDocument.MaxBytes + 1]).Reason);
    }

    // A change that is still accepted must be another document, or only white space or the writing of the same value.
    [TestMethod]
    public void Parse_SeededMutations_NeverThrowAndNeverKeepTheDigestOfAnotherContent()
    {
        var valid = Encoding.UTF8.GetBytes(Valid);
        var original = TypedDataDocument.Parse(valid).OrThrow();
        var random = new Random(712);
        for (var round = 0; round < 4000; round++)
        {
            var mutated = valid.ToArray();
            for (var change = random.Next(1, 4); change > 0; change--)
            {
                mutated[random.Next(mutated.Length)] = round % 2 == 0 ? (byte)random.Next(256) : (byte)"{}[]\",:0x1eEuf\\ "[random.Next(16)];
            }

            var verdict = TypedDataDocument.Parse(mutated);
            if (verdict.Accepted && verdict.Value.ToJson().ToUpperInvariant() != original.ToJson().ToUpperInvariant())
            {
                Assert.AreNotEqual(original.SigningDigest, verdict.Value.SigningDigest);
            }
        }
    }

    [TestMethod]
    public void Parse_DeepOrManyTypes_IsRefusedQuickly()
    {
        var deep = Valid.Replace("\"房贷\"", new string('[', 5000) + new string(']', 5000), StringComparison.Ordinal);
        Assert.AreEqual(RefusalReason.Malformed, Parse(deep).Reason);
        var dimensions = Valid.Replace("uint64[2]", "uint64" + string.Concat(Enumerable.Repeat("[]", 9)), StringComparison.Ordinal);
        Assert.AreEqual(RefusalReason.Malformed, Parse(dimensions).Reason);
        var many = Valid.Replace("\"Field\":[", string.Concat(Enumerable.Range(0, 70).Select(i => $"\"T{i}\":[],")) + "\"Field\":[", StringComparison.Ordinal);
        Assert.AreEqual(RefusalReason.TooLarge, Parse(many).Reason);
    }

    // Each type refers twice to the next: the text of a type would double with every step if references were not a set.
    [TestMethod]
    public void Create_TypesThatReferToEachOtherTwice_StaySmall()
    {
        var types = Enumerable.Range(0, 60)
            .Select(i => new TypedDataType($"T{i}", i == 59 ? [] : [new("a", $"T{i + 1}"), new("b", $"T{i + 1}[]")]))
            .ToList();
        var schema = TypedDataSchema.Create(types).OrThrow();
        Assert.IsLessThan(2000, schema.EncodeType("T0").Length);
        Assert.ThrowsExactly<ArgumentException>(() => schema.EncodeType("T60"));
        Assert.AreEqual(RefusalReason.Malformed, TypedDataSchema.Create([new("A", [new("b", "B")]), new("B", [new("a", "A[]")])]).Reason);
    }

    [TestMethod]
    public void Hash_ValuesOutsideAWord_AreRefused()
    {
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => TypedDataHash.Word(BigInteger.Pow(2, 256)));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => TypedDataHash.Word(-BigInteger.Pow(2, 255) - 1));
        Assert.AreEqual("0x8" + new string('0', 63), TypedDataHash.Word(-BigInteger.Pow(2, 255)).ToString());
        Assert.AreEqual("0x" + new string('f', 64), TypedDataHash.Word(BigInteger.Pow(2, 256) - 1).ToString());
        Assert.AreEqual(Digest.Zero, TypedDataHash.Word(BigInteger.Zero));
        Assert.ThrowsExactly<ArgumentException>(() => TypedDataHash.FixedBytes([]));
        Assert.ThrowsExactly<ArgumentException>(() => TypedDataHash.FixedBytes(new byte[33]));
        Assert.Throws<ArgumentException>(() => TypedDataHash.String("\ud800"));

        // More words than the stack buffer holds give the same hash as hashing their bytes.
        var words = Enumerable.Range(0, 100).Select(i => TypedDataHash.Word((ulong)i)).ToArray();
        Assert.AreEqual(new Digest(Keccak256.Hash(words.SelectMany(word => word.ToArray()).ToArray().AsSpan())), TypedDataHash.Array(words));
    }

    private static Verdict<TypedDataDocument> Parse(string json) => TypedDataDocument.Parse(Encoding.UTF8.GetBytes(json));
}
