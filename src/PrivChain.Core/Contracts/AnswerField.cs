namespace PrivChain.Core.Contracts;

/// <summary>One field of an answer: which form was asked for, and what came out.</summary>
/// <param name="Form">The form's name.</param>
/// <param name="Result">The typed result.</param>
public sealed record AnswerField(string Form, FormResult Result);
