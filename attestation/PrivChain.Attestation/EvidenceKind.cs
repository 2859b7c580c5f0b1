namespace PrivChain.Attestation;

/// <summary>Names of evidence formats, as policies and contracts write them.</summary>
public static class EvidenceKind
{
    /// <summary>Evidence that proves nothing about hardware: signed by a test root that a file holds.</summary>
    public const string Simulated = "simulated";
}
