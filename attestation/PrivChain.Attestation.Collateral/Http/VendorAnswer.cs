namespace PrivChain.Attestation.Collateral.Http;

/// <summary>What a service answered: nothing about it is verified.</summary>
/// <param name="Body">The body as received.</param>
/// <param name="Headers">Headers by name; a name that came twice has no value.</param>
internal sealed record VendorAnswer(byte[] Body, IReadOnlyDictionary<string, string> Headers);
