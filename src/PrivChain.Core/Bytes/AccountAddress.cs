using System.Diagnostics.CodeAnalysis;

namespace PrivChain.Core.Bytes;

/// <summary>A 20-byte account address (the last 20 bytes of Keccak-256 over an uncompressed secp256k1 key), compared by content. Text form: EIP-55.</summary>
public readonly struct AccountAddress : IEquatable<AccountAddress>
{
    /// <summary>Length in bytes.</summary>
    public const int Size = 20;

    private readonly UInt128 _high;
    private readonly uint _low;

    /// <param name="bytes">Exactly 20 bytes.</param>
    /// <exception cref="ArgumentException">Another length.</exception>
    public AccountAddress(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size)
        {
            throw new ArgumentException($"an address has {Size} bytes, given {bytes.Length}", nameof(bytes));
        }

        _high = System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(bytes);
        _low = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(bytes[16..]);
    }

    /// <summary>The address of 20 zero bytes, used where a layout has no party.</summary>
    public static AccountAddress Zero => default;

    /// <summary>True for 20 zero bytes.</summary>
    public bool IsZero => this == default;

    /// <summary>Parses the EIP-55 form; a wrong checksum, a missing <c>0x</c> or another length are refused, and so is text all in one case.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out AccountAddress address)
    {
        address = default;
        Span<byte> bytes = stackalloc byte[Size];
        if (text is null || !Hex.TryDecode(text.ToLowerInvariant(), bytes))
        {
            return false;
        }

        var parsed = new AccountAddress(bytes);

        // Each value has one encoding: the checksummed one.
        if (parsed.ToString() != text)
        {
            return false;
        }

        address = parsed;
        return true;
    }

    /// <summary>Parses text written by our own code.</summary>
    /// <exception cref="FormatException">Not an EIP-55 address.</exception>
    public static AccountAddress Parse(string text) =>
        TryParse(text, out var address) ? address : throw new FormatException("not an EIP-55 address");

    /// <summary>Writes the 20 bytes.</summary>
    public void CopyTo(Span<byte> destination)
    {
        System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(destination, _high);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(destination[16..], _low);
    }

    /// <summary>A fresh array of the 20 bytes.</summary>
    public byte[] ToArray()
    {
        var bytes = new byte[Size];
        CopyTo(bytes);
        return bytes;
    }

    /// <inheritdoc/>
    public bool Equals(AccountAddress other) => _high == other._high && _low == other._low;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is AccountAddress other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_high, _low);

    /// <summary>The EIP-55 form: a digit is upper case where the matching digit of Keccak-256(lower-case text) is 8 or more.</summary>
    public override string ToString()
    {
        var digits = Convert.ToHexStringLower(ToArray()).ToCharArray();
        var hash = Keccak256.Hash(System.Text.Encoding.ASCII.GetBytes(digits));
        for (var i = 0; i < digits.Length; i++)
        {
            var nibble = i % 2 == 0 ? hash[i / 2] >> 4 : hash[i / 2] & 15;
            if (nibble >= 8)
            {
                digits[i] = char.ToUpperInvariant(digits[i]);
            }
        }

        return "0x" + new string(digits);
    }

    /// <summary>Content equality.</summary>
    public static bool operator ==(AccountAddress left, AccountAddress right) => left.Equals(right);

    /// <summary>Content inequality.</summary>
    public static bool operator !=(AccountAddress left, AccountAddress right) => !left.Equals(right);
}
