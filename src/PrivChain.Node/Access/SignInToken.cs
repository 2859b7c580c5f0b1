namespace PrivChain.Node.Access;

/// <summary>A bearer token and its end in unix ms.</summary>
internal sealed record SignInToken(string Token, ulong ExpiresAt);
