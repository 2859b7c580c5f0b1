namespace PrivChain.Cli.Demo;

/// <summary>A record of the sample data.</summary>
/// <param name="Citizen">Index of the citizen.</param>
/// <param name="Schema">Schema id.</param>
/// <param name="Claims">The record as JSON.</param>
internal sealed record SampleRecord(int Citizen, string Schema, string Claims);
