using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace PrivChain.EndToEnd.Tests;

/// <summary>What must be found nowhere, in every spelling in which a program might have let it out.</summary>
internal sealed class Needles
{
    private readonly List<(string Name, byte[] Bytes)> _patterns = [];

    /// <summary>A value as text: UTF-8, UTF-16, escaped as in JSON and in URLs, base64 at each alignment, hexadecimal.</summary>
    public Needles Text(string name, string value)
    {
        Bytes(name, Encoding.UTF8.GetBytes(value));
        Add($"{name} (UTF-16LE)", Encoding.Unicode.GetBytes(value));
        Add($"{name} (UTF-16BE)", Encoding.BigEndianUnicode.GetBytes(value));
        var escaped = JsonEncodedText.Encode(value).ToString();
        Add($"{name} (JSON)", Encoding.ASCII.GetBytes(escaped));
        Add($"{name} (JSON, lower case)", Encoding.ASCII.GetBytes(escaped.ToLowerInvariant()));
        Add($"{name} (URL)", Encoding.ASCII.GetBytes(Uri.EscapeDataString(value)));
        return this;
    }

    /// <summary>A number: its decimal text as above, and its bytes as a double.</summary>
    public Needles Number(string name, double value)
    {
        Text(name, value.ToString(CultureInfo.InvariantCulture));
        var bytes = new byte[sizeof(double)];
        BinaryPrimitives.WriteDoubleLittleEndian(bytes, value);
        Add($"{name} (double, LE)", bytes);
        Add($"{name} (double, BE)", [.. bytes.Reverse()]);
        return this;
    }

    /// <summary>Bytes such as a key: raw, hexadecimal, base64 at each alignment in both alphabets.</summary>
    public Needles Bytes(string name, ReadOnlySpan<byte> value)
    {
        Add(name, value.ToArray());
        Add($"{name} (hex)", Encoding.ASCII.GetBytes(Convert.ToHexStringLower(value)));
        Add($"{name} (HEX)", Encoding.ASCII.GetBytes(Convert.ToHexString(value)));
        for (var shift = 0; shift < 3; shift++)
        {
            // Characters that also hold bits of the neighbours are left out.
            var text = Convert.ToBase64String([.. new byte[shift], .. value]);
            var inner = text[(((shift * 8) + 5) / 6)..((shift + value.Length) * 8 / 6)];
            Add($"{name} (base64+{shift})", Encoding.ASCII.GetBytes(inner));
            Add($"{name} (base64url+{shift})", Encoding.ASCII.GetBytes(inner.Replace('+', '-').Replace('/', '_')));
        }

        return this;
    }

    /// <summary>Every pattern that lies in there.</summary>
    public IReadOnlyList<string> FindIn(string place, ReadOnlySpan<byte> haystack)
    {
        var found = new List<string>();
        foreach (var (name, bytes) in _patterns)
        {
            if (haystack.IndexOf(bytes) is var at and >= 0)
            {
                found.Add($"{name} in {place} at byte {at}");
            }
        }

        return found;
    }

    private void Add(string name, byte[] bytes)
    {
        Assert.IsGreaterThanOrEqualTo(8, bytes.Length, $"{name} is so short that it is found by chance");
        if (!_patterns.Any(pattern => pattern.Bytes.AsSpan().SequenceEqual(bytes)))
        {
            _patterns.Add((name, bytes));
        }
    }
}
