namespace PrivChain.Node.Access;

/// <summary>Who may call a method at all. What it may be called with is asked per object (<see cref="Authorisation"/>).</summary>
internal enum AccessRule
{
    /// <summary>Anyone: what the method gives is public, or proves itself.</summary>
    Anyone,

    /// <summary>Any signed-in account, for what is its own.</summary>
    SignedIn,

    /// <summary>An account enrolled as regulator, for what is its own.</summary>
    Regulator,
}
