using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using PrivChain.Core.Bytes;
using PrivChain.Core.Records;
using PrivChain.Core.Refusals;

namespace PrivChain.Core.Contracts;

/// <summary>
/// A name that stays the same for one controller and cannot be linked with another controller's: the suite's HMAC under the person's secret
/// over the label, a zero byte, the controller's 20 bytes and the value as canonical JSON; 128 bits of it in base32.
/// </summary>
public sealed class PseudonymForm : FieldForm
{
    internal const int MinimumSecret = 16;
    private const int PseudonymBits = 128;
    private const string Alphabet = "abcdefghijklmnopqrstuvwxyz234567";

    /// <inheritdoc/>
    public override string Name => "pseudonym";

    /// <inheritdoc/>
    public override int? DistinguishableAnswers => null;

    /// <inheritdoc/>
    public override bool AppliesTo(FieldType type) => type is FieldType.Text or FieldType.Integer or FieldType.Number or FieldType.Date;

    private protected override Verdict<FormResult> ApplyTo(JsonElement value, FormContext context)
    {
        if (value.ValueKind is not (JsonValueKind.String or JsonValueKind.Number))
        {
            return NotApplicable("a text, number or date");
        }

        // Without a secret the name would be a plain hash, and values as short as these can be guessed.
        if (context.PseudonymSecret.Length < MinimumSecret)
        {
            return NotApplicable($"a pseudonym secret of at least {MinimumSecret} bytes");
        }

        var canonical = ContractJson.Canonical(value.WriteTo);
        var message = new byte[Labels.Pseudonym.Length + 1 + AccountAddress.Size + canonical.Length];
        Encoding.ASCII.GetBytes(Labels.Pseudonym, message);
        context.Controller.CopyTo(message.AsSpan(Labels.Pseudonym.Length + 1));
        canonical.CopyTo(message.AsSpan(message.Length - canonical.Length));
        try
        {
            Span<byte> mac = stackalloc byte[Digest.Size];
            context.Suite.Hmac(context.PseudonymSecret.Span, message, mac);
            return FormResult.OfPseudonym(Base32(mac[..(PseudonymBits / 8)]));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(message);
            CryptographicOperations.ZeroMemory(canonical);
        }
    }

    // RFC 4648 base32, lower case, no padding: 26 characters for 128 bits, which people can read to each other over a telephone.
    private static string Base32(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder();
        var buffer = 0;
        var bits = 0;
        foreach (var b in bytes)
        {
            buffer = ((buffer & 0xff) << 8) | b;
            bits += 8;
            while (bits >= 5)
            {
                bits -= 5;
                text.Append(Alphabet[(buffer >> bits) & 31]);
            }
        }

        if (bits > 0)
        {
            text.Append(Alphabet[(buffer << (5 - bits)) & 31]);
        }

        return text.ToString();
    }
}
