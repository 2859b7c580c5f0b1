namespace PrivChain.Enclave.Evidence;

/// <summary>What a key is for, as evidence binds it: a broker's evidence never passes for a worker's.</summary>
internal enum EnclaveRole
{
    /// <summary>Holds the long-lived key to which citizens seal.</summary>
    Broker,

    /// <summary>Computes under a key of one session.</summary>
    Worker,
}
