namespace PrivChain.Attestation.Sources;

/// <summary>Why a source gave no evidence or no key.</summary>
public enum EvidenceSourceFault
{
    /// <summary>The machine has no such source.</summary>
    Absent = 1,
    /// <summary>It is there, of another kind or provider than was asked for.</summary>
    OtherProvider = 2,
    /// <summary>Somebody else kept changing the request.</summary>
    Contended = 3,
    /// <summary>The evidence is larger than the interface or this library takes.</summary>
    TooLarge = 4,
    /// <summary>Evidence of a form that is known and not supported, such as a TDX quote as CBOR Web Token.</summary>
    UnsupportedForm = 5,
    /// <summary>Evidence that does not bind what was asked, or is not of the form it must have.</summary>
    BadAnswer = 6,
    /// <summary>The source gives evidence and no key that it would give to this program alone.</summary>
    CannotSeal = 7,
    /// <summary>The device or a tool failed.</summary>
    Failed = 8,
}
