using System.Formats.Asn1;

namespace PrivChain.Attestation.Dice;

/// <summary>OperationalFlags and their mask: a BIT STRING, bit 0 first. A flag that is set counts, whatever the mask says; the mask says which of the others were looked at.</summary>
/// <param name="Raw">Unused-bits byte and bits, as in the certificate.</param>
internal sealed record OperationalFlags(ReadOnlyMemory<byte> Raw)
{
    private const int MaxBytes = 16;

    private static readonly Dictionary<int, string> _names = new()
    {
        [0] = "notConfigured", [1] = "notSecure", [2] = "recovery", [3] = "debug", [4] = "notReplayProtected", [5] = "notIntegrityProtected", [6] = "notRuntimeMeasured", [7] = "notImmutable",
        [8] = "notTcb", [31] = "fixedWidth",
    };

    public bool NotConfigured => IsSet(0);

    public bool NotSecure => IsSet(1);

    public bool Recovery => IsSet(2);

    public bool Debug => IsSet(3);

    /// <summary>Names of the flags that are set; one without a name by its number.</summary>
    public IEnumerable<string> Names => Enumerable.Range(0, (Raw.Length - 1) * 8).Where(IsSet).Select(bit => _names.GetValueOrDefault(bit, $"bit{bit}"));

    /// <exception cref="AsnContentException">Not a BIT STRING of a few bytes.</exception>
    public static OperationalFlags Read(AsnReader reader, Asn1Tag tag)
    {
        var bits = reader.ReadBitString(out var unused, tag);
        return bits.Length <= MaxBytes ? new OperationalFlags((byte[])[(byte)unused, .. bits]) : throw new AsnContentException("too many flags");
    }

    private bool IsSet(int bit) => Raw.Length > 1 + (bit / 8) && (Raw.Span[1 + (bit / 8)] & (0x80 >> (bit % 8))) != 0;
}
