using System.Diagnostics.CodeAnalysis;

namespace PrivChain.Core.Bytes;

/// <summary>Base64url without padding (RFC 4648 section 5), strict: the platform accepts white space and loose tail bits, this does not.</summary>
public static class Base64Url
{
    /// <summary>The one text form of the bytes.</summary>
    public static string Encode(ReadOnlySpan<byte> bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);

    /// <summary>Decodes text that is exactly what <see cref="Encode"/> would write.</summary>
    public static bool TryDecode([NotNullWhen(true)] string? text, int maxBytes, [NotNullWhen(true)] out byte[]? bytes)
    {
        bytes = null;
        if (text is null || text.Length / 4 * 3 > maxBytes || text.Length % 4 == 1
            || text.AsSpan().ContainsAnyExcept("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"))
        {
            return false;
        }

        // This overload answers; the one without a status throws on loose tail bits.
        var decoded = new byte[System.Buffers.Text.Base64Url.GetMaxDecodedLength(text.Length)];
        var status = System.Buffers.Text.Base64Url.DecodeFromChars(text, decoded, out _, out var written);
        if (status != System.Buffers.OperationStatus.Done || written != decoded.Length || written > maxBytes || Encode(decoded) != text)
        {
            return false;
        }

        bytes = decoded;
        return true;
    }
}
