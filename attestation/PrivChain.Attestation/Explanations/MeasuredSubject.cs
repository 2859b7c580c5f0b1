namespace PrivChain.Attestation.Explanations;

/// <summary>What hardware protects, as far as its evidence shows.</summary>
internal enum MeasuredSubject
{
    /// <summary>A program, whose memory the machine's owner cannot read.</summary>
    Program,

    /// <summary>A virtual machine, likewise.</summary>
    VirtualMachine,

    /// <summary>A machine or device that says what it is, and whose memory nobody says to be protected.</summary>
    Other,
}
