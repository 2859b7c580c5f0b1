using PrivChain.Core.Bytes;

namespace PrivChain.Core.Documents;

/// <summary>One broker's part of a consent package.</summary>
/// <param name="Broker">The broker's account.</param>
/// <param name="KeyBox">Sealed <see cref="KeyShare"/>, label <see cref="Labels.KeyPackage"/>.</param>
/// <param name="DetailsBox">Sealed <see cref="ConsentDetails"/>, label <see cref="Labels.ConsentDetails"/>.</param>
public sealed record BrokerBoxes(AccountAddress Broker, byte[] KeyBox, byte[] DetailsBox);
