namespace PrivChain.Cli.Import;

/// <summary>Format of a file to import.</summary>
internal enum ImportSource
{
    /// <summary>Delimited text.</summary>
    Csv,

    /// <summary>A JSON array of objects, or one object a line.</summary>
    Json,

    /// <summary>A folder of FHIR R4 NDJSON, one resource a line, as bulk export writes it.</summary>
    Fhir,
}
