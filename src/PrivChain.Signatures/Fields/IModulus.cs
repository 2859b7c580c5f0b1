namespace PrivChain.Signatures.Fields;

/// <summary>A modulus of 256 bits as constants, so that the compiler drops what is zero. ModulusTests computes each of them again.</summary>
internal interface IModulus
{
    /// <summary>Limbs of the modulus.</summary>
    static abstract ulong P0 { get; }

    static abstract ulong P1 { get; }

    static abstract ulong P2 { get; }

    static abstract ulong P3 { get; }

    static abstract ulong P4 { get; }

    static abstract ulong P5 { get; }

    static abstract ulong P6 { get; }

    static abstract ulong P7 { get; }

    static abstract ulong P8 { get; }

    /// <summary>Limbs of what Montgomery's reduction adds multiples of: p, or p + 1 where p = -1 modulo 2^29.</summary>
    static abstract ulong Q0 { get; }

    static abstract ulong Q1 { get; }

    static abstract ulong Q2 { get; }

    static abstract ulong Q3 { get; }

    static abstract ulong Q4 { get; }

    static abstract ulong Q5 { get; }

    static abstract ulong Q6 { get; }

    static abstract ulong Q7 { get; }

    static abstract ulong Q8 { get; }

    /// <summary>-1/p modulo 2^29.</summary>
    static abstract ulong NegativeInverse { get; }

    /// <summary>True where the reduction folds, and numbers are not in Montgomery's form.</summary>
    static abstract bool Folds { get; }
}
