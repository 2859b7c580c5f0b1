namespace PrivChain.Attestation.Policies;

/// <summary>Programs accepted by who signed them, instead of by measurement.</summary>
/// <param name="Signer">MRSIGNER or id-key digest: <c>0x</c> and lower-case hex.</param>
/// <param name="ProductId">Product number under that signer.</param>
/// <param name="MinimumSvn">Lowest security version of that product.</param>
public sealed record SignerRule(string Signer, uint ProductId, uint MinimumSvn);
