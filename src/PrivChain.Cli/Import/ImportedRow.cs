using System.Text.Json.Nodes;

namespace PrivChain.Cli.Import;

/// <summary>One row or resource as read: its claims, or why it was not read. Positions count from 1 and name the line where the row begins.</summary>
internal sealed record ImportedRow
{
    /// <summary>File the row stands in.</summary>
    public required string File { get; init; }

    /// <summary>Line of the file, from 1.</summary>
    public required long Line { get; init; }

    /// <summary>Contact text of the holder, where the mapping names a column for it.</summary>
    public string? Holder { get; init; }

    /// <summary>Claims by field name, before they are checked against the schema; null when <see cref="Fault"/> is set.</summary>
    public JsonObject? Claims { get; init; }

    /// <summary>False for a part of a record that is refused by itself: it has no holder and is no row of the file.</summary>
    public bool IsRecord { get; init; } = true;

    /// <summary>What is wrong, naming field and rule but never a value.</summary>
    public string? Fault { get; init; }
}
