namespace PrivChain.Node;

/// <summary>Where a witness of the genesis is reached.</summary>
/// <param name="Name">Name of its key in the genesis.</param>
/// <param name="Url">Prefix to which <c>/add-checkpoint</c> is added.</param>
public sealed record WitnessAddress(string Name, Uri Url);
