namespace PrivChain.Attestation;

/// <summary>What each format gives to the steps after parsing.</summary>
internal interface IEvidenceBody
{
    /// <summary>Step two for this format: signature and chain to one of the roots.</summary>
    AttestationVerdict<AuthenticEvidence> Authenticate(RootSet roots);
}
