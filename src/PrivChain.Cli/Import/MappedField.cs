namespace PrivChain.Cli.Import;

/// <summary>A field of the record and the column, JSON member or path it comes from.</summary>
internal sealed record MappedField(string Field, string Column);
