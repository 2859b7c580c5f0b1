using PrivChain.Core.Bytes;
using PrivChain.Core.Refusals;

namespace PrivChain.Sdk.Issuing;

/// <summary>What became of one record.</summary>
/// <param name="Key">The issuer's name for it.</param>
/// <param name="Record">Digest of the sealed record; zero when it was refused.</param>
/// <param name="Index">Where its anchor stands; zero when it was refused.</param>
/// <param name="Refusal">Why not, or null.</param>
public sealed record IssuedRecord(string Key, Digest Record, ulong Index, Refusal? Refusal)
{
    /// <summary>True when it is stored and anchored.</summary>
    public bool Issued => Refusal is null;
}
