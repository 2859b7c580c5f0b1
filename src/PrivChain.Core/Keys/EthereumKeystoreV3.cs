using System.Buffers;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Modes;
using Org.BouncyCastle.Crypto.Parameters;
using PrivChain.Core.Bytes;
using PrivChain.Core.Refusals;
using PrivChain.Core.Suites;

namespace PrivChain.Core.Keys;

/// <summary>
/// Web3 secret storage version 3, to bring keys in from other Ethereum wallets and to take them there. Weak costs are read, because old files have
/// them; costs that would exhaust memory or time are refused before anything is derived. Our own files are <see cref="Keystore"/>.
/// </summary>
public static class EthereumKeystoreV3
{
    /// <summary>Larger files are refused.</summary>
    public const int MaxBytes = 16 * 1024;

    // geth's N = 2^18, r = 8, p = 1 twice over in work, and its memory (128 * N * r = 256 MiB) twice over.
    private const long MaxScryptWork = 1L << 22;
    private const long MaxScryptMemory = 1L << 29;
    private const int MaxPbkdf2Rounds = 10_000_000;
    private const int MaxSaltSize = 256;
    private const int DerivedSize = 32;
    private const int IvSize = 16;
    private const int ExportLogN = 17;
    private const int ExportR = 8;

    private static readonly JsonDocumentOptions Options = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    /// <summary>
    /// Opens a file. Unknown members are ignored, as wallets add their own. Text outside ASCII is tried as NFC and, where that differs, as
    /// NFKC, which ethers applies.
    /// </summary>
    public static Verdict<Account> Import(ReadOnlySpan<byte> json, string passphrase)
    {
        ArgumentNullException.ThrowIfNull(passphrase);
        if (json.Length > MaxBytes)
        {
            return Verdict<Account>.Refuse(RefusalReason.TooLarge, $"{json.Length} bytes, wanted at most {MaxBytes}");
        }

        if (!System.Text.Unicode.Utf8.IsValid(json))
        {
            return Malformed("not UTF-8");
        }

        if (!PassphraseText.TryEncode(passphrase, PassphraseForm.Composed, out var first, out var refusal))
        {
            return refusal;
        }

        byte[]? second = null;
        try
        {
            if (!Ascii.IsValid(passphrase)
                && PassphraseText.TryEncode(passphrase, PassphraseForm.CompatibilityComposed, out var compatible, out _)
                && !compatible.AsSpan().SequenceEqual(first))
            {
                second = compatible;
            }

            using var document = JsonDocument.Parse(json.ToArray(), Options);
            var verdict = Read(document.RootElement, first);
            return second is not null && verdict.Reason == RefusalReason.WrongPassphrase ? Read(document.RootElement, second) : verdict;
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: text with an escaped lone surrogate.
            return Malformed("not JSON with unique names");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(first);
            CryptographicOperations.ZeroMemory(second);
        }
    }

    /// <summary>The file's JSON with scrypt (N = 2^17, r = 8, p = 1). An empty passphrase is refused as <see cref="RefusalReason.TooWeak"/>.</summary>
    public static Verdict<string> Export(Account account, string passphrase) => Export(account, passphrase, ExportLogN);

    /// <summary>With another cost: tests of the format need not pay for the passphrase.</summary>
    internal static Verdict<string> Export(Account account, string passphrase, int logN)
    {
        ArgumentNullException.ThrowIfNull(account);
        ArgumentNullException.ThrowIfNull(passphrase);
        if (account.Suite != Suite.International)
        {
            // Another wallet would take the scalar for one of secp256k1.
            return Suite.International.Refusal($"account {account.Address}");
        }

        if (passphrase.Length == 0)
        {
            return Verdict<string>.Refuse(RefusalReason.TooWeak, "the passphrase is empty");
        }

        if (!PassphraseText.TryEncode(passphrase, PassphraseForm.Composed, out var bytes, out var refusal))
        {
            return refusal;
        }

        // The salt is fresh, so the key is, so the counter block cannot repeat under it.
        var salt = RandomNumberGenerator.GetBytes(32);
        var iv = RandomNumberGenerator.GetBytes(IvSize);
        var secret = new byte[Account.PrivateKeySize];
        var derived = Scrypt.Derive(bytes, salt, 1 << logN, ExportR, 1, DerivedSize);
        try
        {
            account.ExportPrivateKey(secret);
            var ciphertext = Crypt(derived, iv, secret);
            return Write(account.Address, logN, salt, iv, ciphertext, Mac(derived, ciphertext));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(derived);
            CryptographicOperations.ZeroMemory(secret);
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    private static Verdict<Account> Malformed(string detail) => Verdict<Account>.Refuse(RefusalReason.Malformed, detail);

    private static Verdict<Account> Read(JsonElement root, byte[] passphrase)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("version", out var version))
        {
            return Malformed("wanted an object with a version");
        }

        if (version.ValueKind != JsonValueKind.Number || !version.TryGetInt32(out var number) || number != 3)
        {
            return Verdict<Account>.Refuse(RefusalReason.UnknownVersion, "wanted version 3");
        }

        // geth before 2016 and some exporters write Crypto.
        var lower = root.TryGetProperty("crypto", out var crypto);
        if (lower == root.TryGetProperty("Crypto", out var upper))
        {
            return Malformed("wanted crypto or Crypto, not both");
        }

        crypto = lower ? crypto : upper;
        if (!IsObject(crypto, out crypto)
            || !crypto.TryGetProperty("cipherparams", out var cipherParameters)
            || !IsObject(cipherParameters, out cipherParameters)
            || !crypto.TryGetProperty("kdfparams", out var kdfParameters)
            || !IsObject(kdfParameters, out kdfParameters)
            || Text(crypto, "cipher") != "aes-128-ctr"
            || Bytes(cipherParameters, "iv") is not { Length: IvSize } iv
            || Bytes(crypto, "ciphertext") is not { Length: Account.PrivateKeySize } ciphertext
            || Bytes(crypto, "mac") is not { Length: 32 } mac)
        {
            return Malformed("wanted aes-128-ctr with a 16-byte iv, a 32-byte ciphertext and a 32-byte mac");
        }

        AccountAddress? address = null;
        if (root.TryGetProperty("address", out _))
        {
            if (Bytes(root, "address") is not { Length: AccountAddress.Size } addressBytes)
            {
                return Malformed("the address does not have 20 bytes");
            }

            address = new AccountAddress(addressBytes);
        }

        if (Derive(Text(crypto, "kdf"), kdfParameters, passphrase, out var refusal) is not { } derived)
        {
            return refusal!;
        }

        byte[]? secret = null;
        try
        {
            // The check comes before decrypting: counter mode would turn any change into another key.
            if (!CryptographicOperations.FixedTimeEquals(mac, Mac(derived, ciphertext)))
            {
                return Verdict<Account>.Refuse(RefusalReason.WrongPassphrase, "the passphrase is wrong, or the file was changed");
            }

            secret = Crypt(derived, iv, ciphertext);
            if (!EcdsaCurve.Secp256k1.IsScalar(secret))
            {
                return Malformed("the content is not a private key");
            }

            // The MAC does not cover iv or address, so a changed iv shows only here.
            var account = Account.FromPrivateKey(secret);
            if (address is { } wanted && wanted != account.Address)
            {
                account.Dispose();
                return Malformed("the address is not that of the key");
            }

            return account;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(derived);
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    private static byte[]? Derive(string? kdf, JsonElement parameters, byte[] passphrase, out Refusal? refusal)
    {
        refusal = new Refusal(RefusalReason.Malformed, "wanted kdf scrypt (n, r, p) or pbkdf2 (c, prf hmac-sha256), dklen 32 and a salt");
        if (Number(parameters, "dklen") != DerivedSize || Bytes(parameters, "salt") is not { Length: <= MaxSaltSize } salt)
        {
            return null;
        }

        switch (kdf)
        {
            case "scrypt":
                if (Number(parameters, "n") is not (> 1 and var n) || Number(parameters, "r") is not (> 0 and var r) || Number(parameters, "p") is not (> 0 and var p)
                    || !BitOperations.IsPow2(n))
                {
                    return null;
                }

                // Each factor is below 2^31, so the first product fits and bounds the second.
                var block = (long)n * r;
                if (block > MaxScryptMemory / 128 || block * p > MaxScryptWork)
                {
                    refusal = new Refusal(RefusalReason.TooLarge, $"scrypt asks for n*r*p of {block} * {p}, wanted at most {MaxScryptWork} and {MaxScryptMemory >> 20} MiB");
                    return null;
                }

                return Scrypt.Derive(passphrase, salt, n, r, p, DerivedSize);
            case "pbkdf2":
                if (Text(parameters, "prf") != "hmac-sha256" || Number(parameters, "c") is not (> 0 and var c))
                {
                    return null;
                }

                if (c > MaxPbkdf2Rounds)
                {
                    refusal = new Refusal(RefusalReason.TooLarge, $"PBKDF2 asks for {c} rounds, wanted at most {MaxPbkdf2Rounds}");
                    return null;
                }

                return Rfc2898DeriveBytes.Pbkdf2(passphrase, salt, c, HashAlgorithmName.SHA256, DerivedSize);
            default:
                return null;
        }
    }

    // keccak256(second half of the derived key | ciphertext)
    private static byte[] Mac(ReadOnlySpan<byte> derived, ReadOnlySpan<byte> ciphertext)
    {
        Span<byte> input = stackalloc byte[16 + Account.PrivateKeySize];
        derived[16..].CopyTo(input);
        ciphertext.CopyTo(input[16..]);
        var mac = Keccak256.Hash(input);
        CryptographicOperations.ZeroMemory(input);
        return mac;
    }

    // AES-128-CTR under the first half of the derived key; the same both ways.
    private static byte[] Crypt(ReadOnlySpan<byte> derived, byte[] iv, ReadOnlySpan<byte> input)
    {
        var cipher = new BufferedBlockCipher(new SicBlockCipher(AesUtilities.CreateEngine()));
        cipher.Init(true, new ParametersWithIV(new KeyParameter(derived[..16]), iv));
        var output = new byte[input.Length];
        var written = cipher.ProcessBytes(input, output);
        cipher.DoFinal(output.AsSpan(written));
        return output;
    }

    private static bool IsObject(JsonElement element, out JsonElement same)
    {
        same = element;
        return element.ValueKind == JsonValueKind.Object;
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static int? Number(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : null;

    // With and without 0x, in either case: wallets write all of these.
    private static byte[]? Bytes(JsonElement element, string name)
    {
        var text = Text(element, name);
        if (text is null)
        {
            return null;
        }

        var digits = text.StartsWith("0x", StringComparison.Ordinal) ? text[2..] : text;
        return digits.Length % 2 == 0 && !digits.AsSpan().ContainsAnyExcept("0123456789abcdefABCDEF") ? Convert.FromHexString(digits) : null;
    }

    private static string Write(AccountAddress address, int logN, byte[] salt, byte[] iv, byte[] ciphertext, byte[] mac)
    {
        // A random UUID (version 4), which readers expect; it means nothing.
        var id = RandomNumberGenerator.GetBytes(16);
        id[6] = (byte)((id[6] & 0x0f) | 0x40);
        id[8] = (byte)((id[8] & 0x3f) | 0x80);

        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("address", Convert.ToHexStringLower(address.ToArray()));
            writer.WriteStartObject("crypto");
            writer.WriteString("cipher", "aes-128-ctr");
            writer.WriteString("ciphertext", Convert.ToHexStringLower(ciphertext));
            writer.WriteStartObject("cipherparams");
            writer.WriteString("iv", Convert.ToHexStringLower(iv));
            writer.WriteEndObject();
            writer.WriteString("kdf", "scrypt");
            writer.WriteStartObject("kdfparams");
            writer.WriteNumber("dklen", DerivedSize);
            writer.WriteNumber("n", 1 << logN);
            writer.WriteNumber("p", 1);
            writer.WriteNumber("r", ExportR);
            writer.WriteString("salt", Convert.ToHexStringLower(salt));
            writer.WriteEndObject();
            writer.WriteString("mac", Convert.ToHexStringLower(mac));
            writer.WriteEndObject();
            writer.WriteString("id", new Guid(id, bigEndian: true));
            writer.WriteNumber("version", 3);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
