namespace PrivChain.Core.Json;

/// <summary>One text in the two languages that every title has; neither is empty.</summary>
/// <param name="En">English.</param>
/// <param name="Zh">Chinese.</param>
public sealed record LocalText(string En, string Zh);
