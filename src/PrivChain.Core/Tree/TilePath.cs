using System.Globalization;

namespace PrivChain.Core.Tree;

/// <summary>The path of one tile or entry bundle (c2sp.org/tlog-tiles): <c>tile/L/N[.p/W]</c> or <c>tile/entries/N[.p/W]</c>. One value has one path.</summary>
public readonly record struct TilePath
{
    /// <summary>Hashes or entries in a full tile.</summary>
    public const int FullWidth = 256;

    /// <summary>Levels of hashes that a tile spans: 2^8 is the full width.</summary>
    public const int Height = 8;

    /// <summary>The highest level a path can name.</summary>
    public const int MaxLevel = 63;

    private const string EntriesLevel = "entries";

    private TilePath(int level, bool isEntries, ulong index, int width)
    {
        Level = level;
        IsEntries = isEntries;
        Index = index;
        Width = width;
    }

    /// <summary>The level, 0 for leaf hashes and for entry bundles.</summary>
    public int Level { get; }

    /// <summary>True for an entry bundle.</summary>
    public bool IsEntries { get; }

    /// <summary>Position within the level.</summary>
    public ulong Index { get; }

    /// <summary>1 to 256; below 256 the tile is partial.</summary>
    public int Width { get; }

    /// <summary>The full tile at the same place.</summary>
    public TilePath Full => new(Level, IsEntries, Index, FullWidth);

    /// <summary>A tile of hashes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Level above 63, or width not 1 to 256.</exception>
    public static TilePath Hashes(int level, ulong index, int width = FullWidth)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(level);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(level, MaxLevel);
        return new TilePath(level, isEntries: false, index, CheckedWidth(width));
    }

    /// <summary>An entry bundle.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Width not 1 to 256.</exception>
    public static TilePath Entries(ulong index, int width = FullWidth) => new(0, isEntries: true, index, CheckedWidth(width));

    /// <summary>Parses a path; other spellings of the same place are refused.</summary>
    public static bool TryParse(string? text, out TilePath path)
    {
        path = default;
        var parts = text?.Split('/');
        if (parts is not { Length: >= 3 } || parts[0] != "tile")
        {
            return false;
        }

        var level = 0UL;
        var isEntries = parts[1] == EntriesLevel;
        if (!isEntries && (!DecimalText.TryParse(parts[1], out level) || level > MaxLevel))
        {
            return false;
        }

        var (last, width) = (parts.Length - 1, (ulong)FullWidth);
        if (parts[^2].EndsWith(".p", StringComparison.Ordinal))
        {
            last--;
            if (!DecimalText.TryParse(parts[^1], out width) || width is 0 or >= FullWidth)
            {
                return false;
            }
        }

        var index = UInt128.Zero;
        for (var i = 2; i <= last; i++)
        {
            var group = i < last ? parts[i] : "x" + (width < FullWidth ? parts[i][..^2] : parts[i]);
            if (group.Length != 4 || group[0] != 'x' || group.AsSpan(1).ContainsAnyExceptInRange('0', '9'))
            {
                return false;
            }

            index = (index * 1000) + uint.Parse(group.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture);
            if (index > ulong.MaxValue)
            {
                return false;
            }
        }

        var parsed = new TilePath((int)level, isEntries, (ulong)index, (int)width);
        if (last < 2 || parsed.ToString() != text)
        {
            return false;
        }

        path = parsed;
        return true;
    }

    /// <summary>The path, relative, with slashes.</summary>
    public override string ToString() =>
        $"tile/{(IsEntries ? EntriesLevel : Level.ToString(CultureInfo.InvariantCulture))}/{FormatIndex(Index)}"
        + (Width == FullWidth ? string.Empty : string.Create(CultureInfo.InvariantCulture, $".p/{Width}"));

    private static string FormatIndex(ulong index)
    {
        var text = (index % 1000).ToString("000", CultureInfo.InvariantCulture);
        for (var rest = index / 1000; rest > 0; rest /= 1000)
        {
            text = string.Create(CultureInfo.InvariantCulture, $"x{rest % 1000:000}/{text}");
        }

        return text;
    }

    private static int CheckedWidth(int width)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(width, FullWidth);
        return width;
    }
}
