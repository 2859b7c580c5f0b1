namespace PrivChain.Core.Contracts;

/// <summary>How the <c>compare</c> form compares.</summary>
public enum CompareOperator
{
    /// <summary><c>less-than</c>.</summary>
    LessThan,

    /// <summary><c>at-most</c>.</summary>
    AtMost,

    /// <summary><c>equals</c>.</summary>
    Equals,

    /// <summary><c>at-least</c>.</summary>
    AtLeast,

    /// <summary><c>more-than</c>.</summary>
    MoreThan,
}
