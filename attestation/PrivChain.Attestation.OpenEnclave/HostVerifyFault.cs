namespace PrivChain.Attestation.OpenEnclave;

/// <summary>Why the host-verify library cannot be asked.</summary>
public enum HostVerifyFault
{
    /// <summary>No file of that name where it was looked for.</summary>
    LibraryMissing = 1,
    /// <summary>The file is there and does not load: another architecture, or a library that it needs is missing.</summary>
    LibraryUnusable = 2,
    /// <summary>It loads, and lacks a function of the interface.</summary>
    FunctionMissing = 3,
    /// <summary>Its own initialization failed, such as for a quote provider that is not installed.</summary>
    NotInitialized = 4,
    /// <summary>It answered with something that its interface rules out.</summary>
    BadAnswer = 5,
    /// <summary>It could not look at the evidence: a service, a provider or a library of Intel's that it needs failed or is not installed.</summary>
    Unavailable = 6,
}
