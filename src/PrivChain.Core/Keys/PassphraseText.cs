using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using PrivChain.Core.Refusals;

namespace PrivChain.Core.Keys;

/// <summary>
/// Passphrases as bytes. One passphrase typed on two keyboards must give one key, so it is normalised; where the platform cannot
/// normalise (invariant globalisation returns the text unchanged and says nothing), text outside ASCII is refused rather than given another key.
/// </summary>
internal static class PassphraseText
{
    /// <summary>Longer passphrases, in bytes after normalising, are refused.</summary>
    public const int MaxBytes = 1024;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>True where the form is really applied here, tried on text that it has to change.</summary>
    public static bool CanNormalize(PassphraseForm form) =>
        Normalize("e\u0301\uff41", form) == form switch
        {
            PassphraseForm.Composed => "\u00e9\uff41",
            PassphraseForm.CompatibilityDecomposed => "e\u0301a",
            _ => "\u00e9a",
        };

    /// <summary>The normalised UTF-8 bytes, or the refusal. The caller wipes the bytes.</summary>
    public static bool TryEncode(
        string text,
        PassphraseForm form,
        [NotNullWhen(true)] out byte[]? bytes,
        [NotNullWhen(false)] out Refusal? refusal)
    {
        bytes = null;
        refusal = null;

        // Length first: normalising at most triples a text that is going to be accepted anyway.
        if (text.Length > MaxBytes)
        {
            refusal = new Refusal(RefusalReason.TooLarge, $"a passphrase has at most {MaxBytes} bytes");
            return false;
        }

        if (!IsWellFormed(text))
        {
            refusal = new Refusal(RefusalReason.Malformed, "a passphrase holds half a character (a lone surrogate)");
            return false;
        }

        if (!Ascii.IsValid(text))
        {
            if (!CanNormalize(form))
            {
                refusal = new Refusal(RefusalReason.Malformed, $"this platform cannot normalise text ({form}); use ASCII only, or switch invariant globalisation off");
                return false;
            }

            text = Normalize(text, form);
        }

        var encoded = Utf8.GetBytes(text);
        if (encoded.Length > MaxBytes)
        {
            CryptographicOperations.ZeroMemory(encoded);
            refusal = new Refusal(RefusalReason.TooLarge, $"a passphrase has at most {MaxBytes} bytes");
            return false;
        }

        bytes = encoded;
        return true;
    }

    private static string Normalize(string text, PassphraseForm form)
    {
        if (form == PassphraseForm.Composed)
        {
            return text.Normalize(NormalizationForm.FormC);
        }

        // Browsers lack the compatibility forms; the text left unchanged makes CanNormalize false there.
        return OperatingSystem.IsBrowser()
            ? text
            : text.Normalize(form == PassphraseForm.CompatibilityDecomposed ? NormalizationForm.FormKD : NormalizationForm.FormKC);
    }

    private static bool IsWellFormed(ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(text, out _, out var used) != System.Buffers.OperationStatus.Done)
            {
                return false;
            }

            text = text[used..];
        }

        return true;
    }
}
