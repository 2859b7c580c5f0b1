namespace PrivChain.Core.Keys;

/// <summary>Base58 text of BIP-32 keys. Only writing: we import phrases and keystore files, not extended keys.</summary>
internal static class Base58
{
    private const string Digits = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

    /// <summary>The text; each leading zero byte becomes a <c>1</c>.</summary>
    public static string Encode(ReadOnlySpan<byte> bytes)
    {
        // Little-endian digits; 138/100 is just above log(256)/log(58).
        var digits = new byte[(bytes.Length * 138 / 100) + 1];
        var length = 0;
        foreach (var value in bytes)
        {
            int carry = value;
            for (var i = 0; i < length || carry != 0; i++)
            {
                carry += digits[i] << 8;
                digits[i] = (byte)(carry % 58);
                carry /= 58;
                length = Math.Max(length, i + 1);
            }
        }

        var zeros = bytes.IndexOfAnyExcept((byte)0);
        zeros = zeros < 0 ? bytes.Length : zeros;
        var text = new char[zeros + length];
        text.AsSpan(0, zeros).Fill('1');
        for (var i = 0; i < length; i++)
        {
            text[zeros + i] = Digits[digits[length - 1 - i]];
        }

        System.Security.Cryptography.CryptographicOperations.ZeroMemory(digits);
        return new string(text);
    }
}
