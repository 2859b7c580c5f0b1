using System.Runtime.InteropServices;

namespace PrivChain.Attestation.OpenEnclave;

/// <summary><c>oe_claim_t</c> of <c>bits/evidence.h</c>, naturally aligned: 24 bytes in a process of 64 bits. Name and value belong to the library.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct OeClaim
{
    public byte* Name;
    public byte* Value;
    public nuint ValueSize;
}
