namespace PrivChain.Fuzz;

/// <summary>A parser or verifier accepted what it must refuse.</summary>
/// <param name="message">What.</param>
public sealed class BrokenPromiseException(string message) : Exception(message);
