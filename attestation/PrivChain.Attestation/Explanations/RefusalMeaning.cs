namespace PrivChain.Attestation.Explanations;

/// <summary>What a refusal means for somebody who wanted to send something: the second sentence.</summary>
internal enum RefusalMeaning
{
    /// <summary>Somebody may be lying.</summary>
    Deceit,
    /// <summary>Something is missing or unreadable: an oversight, perhaps.</summary>
    Incomplete,
    /// <summary>True once, or true of something old.</summary>
    Outdated,
    /// <summary>Genuine, perhaps, and not what was agreed.</summary>
    Rules,
    /// <summary>A clock is wrong, perhaps.</summary>
    Clock,
    /// <summary>The rules are at fault, not the evidence.</summary>
    Settings,
}
