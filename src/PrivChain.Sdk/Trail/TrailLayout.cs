using PrivChain.Core.Bytes;

namespace PrivChain.Sdk.Trail;

/// <summary>Where things lie in an exported trail: a tlog-tiles log with the genesis and the public documents beside it.</summary>
public static class TrailLayout
{
    /// <summary>Canonical genesis.</summary>
    public const string Genesis = "genesis.json";

    /// <summary>Witnessed checkpoint.</summary>
    public const string Checkpoint = "checkpoint";

    /// <summary>A public document by its SHA-256.</summary>
    public static string Document(Digest digest) => "documents/" + Convert.ToHexStringLower(digest.ToArray());
}
