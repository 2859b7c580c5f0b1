namespace PrivChain.Core.Consent;

/// <summary>A controller or recipient, as the registry has it.</summary>
/// <param name="Id">Its account or registry id.</param>
/// <param name="Name">Its name.</param>
/// <param name="Address">Its postal address.</param>
/// <param name="Contact">How to reach it: a mail address or URL.</param>
public sealed record ConsentParty(string Id, string Name, string Address, string Contact);
