namespace PrivChain.Core.Documents;

/// <summary>What became of a contract's field in one use.</summary>
public enum FieldOutcome
{
    /// <summary>The value went out as it stands in the record.</summary>
    Whole = 1,

    /// <summary>What the contract's form makes of the value went out, and not the value.</summary>
    Derived = 2,

    /// <summary>Nothing went out: the institution asked for everything, and the person had not shared this.</summary>
    NotShared = 3,

    /// <summary>Nothing went out: the institution did not ask for it in this use.</summary>
    NotAsked = 4,
}
