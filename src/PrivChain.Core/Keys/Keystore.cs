using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using PrivChain.Core.Bytes;
using PrivChain.Core.Hpke;
using PrivChain.Core.Refusals;

namespace PrivChain.Core.Keys;

/// <summary>
/// Our keystore file: one secret under a passphrase, Argon2id and AES-256-GCM, or SM4-GCM for keys of the national suite. Everything but the ciphertext is its associated data, so neither
/// cost nor kind can be changed. The file names no account: it says nothing about whose it is.
/// </summary>
public static class Keystore
{
    /// <summary>Larger files are refused.</summary>
    public const int MaxBytes = 4096;

    private const int Version = 1;
    private const int MinSaltSize = 16;
    private const int MaxSaltSize = 64;
    private const int MaxSecretSize = 32;
    private const string Format = "privchain-keystore";
    private const string Kdf = "argon2id";

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 4 };

    private static readonly (KeystoreContentKind Kind, string Name)[] Kinds =
    [
        (KeystoreContentKind.EnglishPhrase, "bip39-english"),
        (KeystoreContentKind.SimplifiedChinesePhrase, "bip39-chinese-simplified"),
        (KeystoreContentKind.AccountKey, "secp256k1-account"),
        (KeystoreContentKind.Es256IssuerKey, "es256-issuer"),
        (KeystoreContentKind.Es256KIssuerKey, "es256k-issuer"),
        (KeystoreContentKind.Sm2AccountKey, "sm2-account"),
        (KeystoreContentKind.Sm2IssuerKey, "sm2-issuer"),
        (KeystoreContentKind.NationalEnglishPhrase, "bip39-english-national"),
        (KeystoreContentKind.NationalSimplifiedChinesePhrase, "bip39-chinese-simplified-national"),
    ];

    // A key of another length is another output of Argon2id, so a file whose cipher was changed does not open.
    private static readonly (HpkeAead Cipher, string Name)[] Ciphers = [(HpkeAead.Aes256Gcm, "aes-256-gcm"), (HpkeAead.Sm4Gcm, "sm4-gcm")];

    /// <summary>
    /// The file's JSON. Refused are an empty passphrase or a cost below the floor (<see cref="RefusalReason.TooWeak"/>), a cost or passphrase above
    /// the limit (<see cref="RefusalReason.TooLarge"/>), and text that cannot be normalised (<see cref="RefusalReason.Malformed"/>).
    /// </summary>
    public static Verdict<string> Seal(KeystoreContent content, string passphrase, Argon2idParameters parameters) =>
        SealAsync(content, passphrase, parameters, DeriveHere).GetAwaiter().GetResult();

    /// <summary>As <see cref="Seal"/>, with Argon2id computed where the caller says: a browser has a faster place for it than this code.</summary>
    public static async Task<Verdict<string>> SealAsync(KeystoreContent content, string passphrase, Argon2idParameters parameters, Argon2idDerivation derive)
    {
        ArgumentNullException.ThrowIfNull(derive);
        ArgumentNullException.ThrowIfNull(content);
        ArgumentNullException.ThrowIfNull(passphrase);
        ArgumentNullException.ThrowIfNull(parameters);
        if (parameters.Check() is { } outside)
        {
            return outside;
        }

        if (passphrase.Length == 0)
        {
            return Verdict<string>.Refuse(RefusalReason.TooWeak, "the passphrase is empty");
        }

        if (!PassphraseText.TryEncode(passphrase, PassphraseForm.Composed, out var bytes, out var refusal))
        {
            return refusal;
        }

        // The salt is fresh, so the key is, so the nonce cannot repeat under it.
        var header = new Header(content.Kind, content.Suite.Aead, parameters, RandomNumberGenerator.GetBytes(MinSaltSize), RandomNumberGenerator.GetBytes(HpkeAeads.NonceSize));
        byte[] key = [];
        try
        {
            key = await DeriveAsync(derive, bytes, header).ConfigureAwait(false);
            return Write(header, content.Seal(header.Cipher, key, header.Nonce, header.AssociatedData()));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    /// <summary>
    /// Opens a file. The reasons: <see cref="RefusalReason.Malformed"/>, <see cref="RefusalReason.UnknownVersion"/>, <see cref="RefusalReason.TooWeak"/> <see cref="RefusalReason.TooLarge"/> and
    /// <see cref="RefusalReason.WrongSuite"/> before any derivation, then <see cref="RefusalReason.WrongPassphrase"/>, which is also what a changed file gives.
    /// </summary>
    public static Verdict<KeystoreContent> Open(ReadOnlySpan<byte> json, string passphrase) =>
        OpenAsync(json.ToArray(), passphrase, DeriveHere).GetAwaiter().GetResult();

    /// <summary>As <see cref="Open"/>, with Argon2id computed where the caller says.</summary>
    public static async Task<Verdict<KeystoreContent>> OpenAsync(ReadOnlyMemory<byte> json, string passphrase, Argon2idDerivation derive)
    {
        ArgumentNullException.ThrowIfNull(derive);
        ArgumentNullException.ThrowIfNull(passphrase);
        if (json.Length > MaxBytes)
        {
            return Verdict<KeystoreContent>.Refuse(RefusalReason.TooLarge, $"{json.Length} bytes, wanted at most {MaxBytes}");
        }

        if (!TryRead(json.Span, out var header, out var ciphertext, out var malformed))
        {
            return malformed;
        }

        if (!PassphraseText.TryEncode(passphrase, PassphraseForm.Composed, out var bytes, out var refusal))
        {
            return refusal;
        }

        byte[] key = [];
        try
        {
            key = await DeriveAsync(derive, bytes, header).ConfigureAwait(false);
            if (!HpkeAeads.TryOpen(header.Cipher, key, header.Nonce, header.AssociatedData(), ciphertext, out var secret))
            {
                return Verdict<KeystoreContent>.Refuse(RefusalReason.WrongPassphrase, "the passphrase is wrong, or the file was changed");
            }

            return KeystoreContent.TryCreate(header.Kind, secret) is { } content
                ? content
                : Verdict<KeystoreContent>.Refuse(RefusalReason.Malformed, "the content is not of the kind the file names");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    // A derivation elsewhere is not believed for the length of what it gives; a wrong key shows as a wrong passphrase.
    private static async Task<byte[]> DeriveAsync(Argon2idDerivation derive, byte[] passphrase, Header header)
    {
        var size = HpkeAeads.KeySize(header.Cipher);
        var key = await derive(passphrase, header.Salt, header.Cost, size).ConfigureAwait(false);
        return key.Length == size ? key : throw new InvalidOperationException($"wanted a key of {size} bytes, given {key.Length}");
    }

    private static Task<byte[]> DeriveHere(ReadOnlyMemory<byte> passphrase, ReadOnlyMemory<byte> salt, Argon2idParameters cost, int size)
    {
        var key = new byte[size];
        Argon2id.Derive(passphrase, salt.Span, cost, key);
        return Task.FromResult(key);
    }

    private static bool TryRead(
        ReadOnlySpan<byte> json,
        [NotNullWhen(true)] out Header? header,
        [NotNullWhen(true)] out byte[]? ciphertext,
        out Refusal refusal)
    {
        header = null;
        ciphertext = null;
        refusal = new Refusal(RefusalReason.Malformed, $"not a file of format {Format}");
        if (!System.Text.Unicode.Utf8.IsValid(json))
        {
            return false;
        }

        try
        {
            using var document = JsonDocument.Parse(json.ToArray(), Strict);
            var root = document.RootElement;
            if (!HasExactly(root, "format", "version", "content", "kdf", "cipher", "ciphertext") || Text(root, "format") != Format)
            {
                return false;
            }

            if (Number(root, "version") != Version)
            {
                refusal = new Refusal(RefusalReason.UnknownVersion, $"wanted version {Version}");
                return false;
            }

            var kdf = root.GetProperty("kdf");
            var cipher = root.GetProperty("cipher");
            var content = Text(root, "content");
            var kind = System.Array.Find(Kinds, entry => entry.Name == content).Kind;
            var sealedWith = System.Array.Find(Ciphers, entry => entry.Name == Text(cipher, "name")).Cipher;
            if (!HasExactly(kdf, "name", "memoryKiB", "iterations", "parallelism", "salt")
                || !HasExactly(cipher, "name", "nonce")
                || Text(kdf, "name") != Kdf
                || sealedWith == default
                || kind == default
                || Number(kdf, "memoryKiB") is not { } memory
                || Number(kdf, "iterations") is not { } iterations
                || Number(kdf, "parallelism") is not { } parallelism
                || !Base64Url.TryDecode(Text(kdf, "salt"), MaxSaltSize, out var salt)
                || !Base64Url.TryDecode(Text(cipher, "nonce"), HpkeAeads.NonceSize, out var nonce)
                || !Base64Url.TryDecode(Text(root, "ciphertext"), MaxSecretSize + HpkeAeads.TagSize, out var read)
                || nonce.Length != HpkeAeads.NonceSize)
            {
                return false;
            }

            var cost = new Argon2idParameters(memory, iterations, parallelism);
            if (cost.Check() is { } outside)
            {
                refusal = outside;
                return false;
            }

            if (salt.Length < MinSaltSize)
            {
                refusal = new Refusal(RefusalReason.TooWeak, $"the salt has {salt.Length} bytes, wanted at least {MinSaltSize}");
                return false;
            }

            if (sealedWith != KeystoreContent.SuiteOf(kind).Aead)
            {
                refusal = new Refusal(RefusalReason.WrongSuite, $"a file of {content} sealed with {Text(cipher, "name")}, which is of another suite");
                return false;
            }

            header = new Header(kind, sealedWith, cost, salt, nonce);
            ciphertext = read;
            return true;
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: text with an escaped lone surrogate.
            return false;
        }
    }

    private static bool HasExactly(JsonElement element, params ReadOnlySpan<string> names)
    {
        if (element.ValueKind != JsonValueKind.Object || element.GetPropertyCount() != names.Length)
        {
            return false;
        }

        foreach (var name in names)
        {
            if (!element.TryGetProperty(name, out _))
            {
                return false;
            }
        }

        return true;
    }

    private static string? Text(JsonElement element, string name) =>
        element.GetProperty(name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    // One form for each number: no fraction, exponent, sign or leading zero.
    private static int? Number(JsonElement element, string name) =>
        element.GetProperty(name) is { ValueKind: JsonValueKind.Number } value
        && value.TryGetInt32(out var number)
        && value.GetRawText() == number.ToString(System.Globalization.CultureInfo.InvariantCulture)
            ? number
            : null;

    private static string Write(Header header, byte[] ciphertext)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            writer.WriteStartObject();
            writer.WriteString("format", Format);
            writer.WriteNumber("version", Version);
            writer.WriteString("content", System.Array.Find(Kinds, entry => entry.Kind == header.Kind).Name);
            writer.WriteStartObject("kdf");
            writer.WriteString("name", Kdf);
            writer.WriteNumber("memoryKiB", header.Cost.MemoryKiB);
            writer.WriteNumber("iterations", header.Cost.Iterations);
            writer.WriteNumber("parallelism", header.Cost.Parallelism);
            writer.WriteString("salt", Base64Url.Encode(header.Salt));
            writer.WriteEndObject();
            writer.WriteStartObject("cipher");
            writer.WriteString("name", System.Array.Find(Ciphers, entry => entry.Cipher == header.Cipher).Name);
            writer.WriteString("nonce", Base64Url.Encode(header.Nonce));
            writer.WriteEndObject();
            writer.WriteString("ciphertext", Base64Url.Encode(ciphertext));
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private sealed record Header(KeystoreContentKind Kind, HpkeAead Cipher, Argon2idParameters Cost, byte[] Salt, byte[] Nonce)
    {
        // label 0 | kind 1 | memory 4 | iterations 4 | parallelism 4 | salt with length | nonce
        public byte[] AssociatedData()
        {
            var data = new byte[Labels.Keystore.Length + 1 + 1 + 12 + 1 + Salt.Length + Nonce.Length];
            var rest = data.AsSpan(Encoding.ASCII.GetBytes(Labels.Keystore, data) + 1);
            rest[0] = (byte)Kind;
            System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(rest[1..], Cost.MemoryKiB);
            System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(rest[5..], Cost.Iterations);
            System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(rest[9..], Cost.Parallelism);
            rest[13] = (byte)Salt.Length;
            Salt.CopyTo(rest[14..]);
            Nonce.CopyTo(rest[(14 + Salt.Length)..]);
            return data;
        }
    }
}
