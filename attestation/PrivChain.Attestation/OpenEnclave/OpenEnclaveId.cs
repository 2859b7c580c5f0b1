namespace PrivChain.Attestation.OpenEnclave;

/// <summary>Format ids of Open Enclave (RFC 4122 byte order, as its headers carry them).</summary>
public static class OpenEnclaveId
{
    /// <summary>Evidence of the SGX ECDSA plugin: a quote, then custom claims.</summary>
    public static Guid SgxEcdsa { get; } = new("a3a21e87-1b4d-4014-b70a-a125d2fbcd8c");

    /// <summary>A legacy report: header, then a quote.</summary>
    public static Guid LegacyReport { get; } = new("c8303454-d923-4c2c-a691-df7def460a76");

    /// <summary>A bare SGX quote.</summary>
    public static Guid RawSgxQuote { get; } = new("1923d91e-12d2-4c72-b220-25cd8dace871");

    /// <summary>A bare TDX quote.</summary>
    public static Guid TdxQuote { get; } = new("8ba70286-c1cf-11ed-afa1-0242ac120002");
}
