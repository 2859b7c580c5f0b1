namespace PrivChain.Core.Contracts;

/// <summary>What an institution got for one field.</summary>
public enum FormResultKind
{
    /// <summary>The record holds no value in this field.</summary>
    Absent,

    /// <summary>The field is optional and the person did not grant it.</summary>
    NotGranted,

    /// <summary>The value as the issuer signed it.</summary>
    Value,

    /// <summary>Yes or no.</summary>
    YesNo,

    /// <summary>The band in which the number lies.</summary>
    Band,

    /// <summary>A rounded number.</summary>
    Number,

    /// <summary>A calendar year.</summary>
    Year,

    /// <summary>Text of which a part is hidden.</summary>
    Masked,

    /// <summary>A name that stays the same for one controller and says nothing to another.</summary>
    Pseudonym,
}
