namespace PrivChain.Core.Contracts;

/// <summary>One field in words; safe to print.</summary>
/// <param name="Name">The name in the contract, such as <c>identity-card.birthDate</c>.</param>
/// <param name="Record">The record's title.</param>
/// <param name="Title">The field's title.</param>
/// <param name="What">What will be seen of it.</param>
/// <param name="Optional">True when the citizen may leave it out.</param>
/// <param name="Example">What would be seen today of the person's own record; null when no record was given.</param>
public sealed record RenderedField(string Name, string Record, string Title, string What, bool Optional, string? Example);
