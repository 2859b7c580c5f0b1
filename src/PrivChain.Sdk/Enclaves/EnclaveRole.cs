namespace PrivChain.Sdk.Enclaves;

/// <summary>What an enclave's keys are for, as its evidence binds them: a broker's evidence never passes for a worker's.</summary>
public enum EnclaveRole
{
    /// <summary>Keeps field keys and releases them by the rules.</summary>
    Broker,

    /// <summary>Computes under the key of one session.</summary>
    Worker,
}
