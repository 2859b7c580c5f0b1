using System.Buffers;
using System.Numerics;
using System.Text;
using PrivChain.Core.Bytes;
using PrivChain.Core.Suites;

namespace PrivChain.Core.TypedData;

/// <summary>
/// The hashes of EIP-712 for documents whose type is known in code: microseconds, no JSON. The caller gives the words in the order of the
/// type's members; <see cref="TypedDataDocument"/> computes the same hashes from the JSON that a wallet shows, and tests hold the two together. The national suite has
/// the same encoding with its own hash in the place of Keccak-256.
/// </summary>
public static class TypedDataHash
{
    private const int StackWords = 32;

    private static readonly BigInteger TwoTo256 = BigInteger.One << 256;

    /// <summary>typeHash = keccak256(encodeType), such as <c>Mail(Person from,string text)Person(string name)</c>.</summary>
    public static Digest Type(string encodedType) => String(encodedType);

    /// <summary>hashStruct = keccak256(typeHash, word, word, ...).</summary>
    public static Digest Struct(Digest typeHash, params ReadOnlySpan<Digest> words) => Concatenated(Suite.International, typeHash, words);

    /// <summary>hashStruct in a suite.</summary>
    public static Digest Struct(Suite suite, Digest typeHash, params ReadOnlySpan<Digest> words) => Concatenated(suite, typeHash, words);

    /// <summary>An array, fixed or dynamic: keccak256 of its element words, without a length.</summary>
    public static Digest Array(params ReadOnlySpan<Digest> words) => Concatenated(Suite.International, null, words);

    /// <summary>An array in a suite.</summary>
    public static Digest Array(Suite suite, params ReadOnlySpan<Digest> words) => Concatenated(suite, null, words);

    /// <summary>A <c>string</c>: keccak256 of its UTF-8 bytes.</summary>
    /// <exception cref="ArgumentException">The text holds a lone surrogate, so it has no UTF-8 form.</exception>
    public static Digest String(string text) => String(Suite.International, text);

    /// <summary>A <c>string</c> in a suite.</summary>
    /// <exception cref="ArgumentException">The text holds a lone surrogate, so it has no UTF-8 form.</exception>
    public static Digest String(Suite suite, string text)
    {
        ArgumentNullException.ThrowIfNull(suite);
        return suite.Hash(Utf8.GetBytes(text));
    }

    /// <summary><c>bytes</c>: keccak256 of them.</summary>
    public static Digest Bytes(ReadOnlySpan<byte> bytes) => new(Keccak256.Hash(bytes));

    /// <summary><c>bytes1</c> to <c>bytes32</c>: padded with zeros on the right.</summary>
    /// <exception cref="ArgumentException">Not 1 to 32 bytes.</exception>
    public static Digest FixedBytes(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length is 0 or > Digest.Size)
        {
            throw new ArgumentException($"wanted 1 to {Digest.Size} bytes, given {bytes.Length}", nameof(bytes));
        }

        Span<byte> word = stackalloc byte[Digest.Size];
        word.Clear();
        bytes.CopyTo(word);
        return new Digest(word);
    }

    /// <summary>An unsigned integer of up to 64 bits; the caller keeps it within the member's width.</summary>
    public static Digest Word(ulong value) => Word((UInt128)value);

    /// <summary>An unsigned integer of up to 128 bits; the caller keeps it within the member's width.</summary>
    public static Digest Word(UInt128 value)
    {
        Span<byte> word = stackalloc byte[Digest.Size];
        word.Clear();
        System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(word[16..], value);
        return new Digest(word);
    }

    /// <summary>An integer from -2^255 to 2^256-1, negative ones in two's complement; the caller keeps it within the member's width and sign.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Outside these.</exception>
    public static Digest Word(BigInteger value)
    {
        if (value >= TwoTo256 || value < -(TwoTo256 >> 1))
        {
            throw new ArgumentOutOfRangeException(nameof(value), "does not fit 256 bits");
        }

        Span<byte> word = stackalloc byte[Digest.Size];
        word.Clear();
        var unsigned = value.Sign < 0 ? value + TwoTo256 : value;
        unsigned.TryWriteBytes(word[(Digest.Size - unsigned.GetByteCount(isUnsigned: true))..], out _, isUnsigned: true, isBigEndian: true);
        return new Digest(word);
    }

    /// <summary>A <c>bool</c>: 0 or 1.</summary>
    public static Digest Word(bool value) => Word(value ? 1UL : 0UL);

    /// <summary>An <c>address</c>, padded with zeros on the left.</summary>
    public static Digest Word(AccountAddress address)
    {
        Span<byte> word = stackalloc byte[Digest.Size];
        word.Clear();
        address.CopyTo(word[12..]);
        return new Digest(word);
    }

    /// <summary>What is signed: keccak256(0x19 0x01, domain separator, hashStruct(message)).</summary>
    public static Digest Signing(Digest domainSeparator, Digest structHash) => Signing(Suite.International, domainSeparator, structHash);

    /// <summary>What is signed, in a suite.</summary>
    public static Digest Signing(Suite suite, Digest domainSeparator, Digest structHash)
    {
        ArgumentNullException.ThrowIfNull(suite);
        Span<byte> bytes = stackalloc byte[2 + (2 * Digest.Size)];
        bytes[0] = 0x19;
        bytes[1] = 0x01;
        domainSeparator.CopyTo(bytes[2..]);
        structHash.CopyTo(bytes[(2 + Digest.Size)..]);
        return suite.Hash(bytes);
    }

    // The default encoding replaces lone surrogates, so two texts would share a hash; this one throws.
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static Digest Concatenated(Suite suite, Digest? first, ReadOnlySpan<Digest> words)
    {
        var count = words.Length + (first is null ? 0 : 1);
        var rented = count > StackWords ? ArrayPool<byte>.Shared.Rent(count * Digest.Size) : null;
        var bytes = rented is null ? stackalloc byte[StackWords * Digest.Size] : rented;
        var offset = 0;
        if (first is { } typeHash)
        {
            typeHash.CopyTo(bytes);
            offset = Digest.Size;
        }

        foreach (var word in words)
        {
            word.CopyTo(bytes[offset..]);
            offset += Digest.Size;
        }

        var hash = suite.Hash(bytes[..offset]);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }

        return hash;
    }
}
