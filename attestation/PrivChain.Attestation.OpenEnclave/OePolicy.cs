using System.Runtime.InteropServices;

namespace PrivChain.Attestation.OpenEnclave;

/// <summary><c>oe_policy_t</c> of <c>bits/evidence.h</c>, naturally aligned: the type is a C enumeration of 32 bits, and 4 bytes of padding follow it in a process of 64 bits.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct OePolicy
{
    /// <summary><c>OE_POLICY_ENDORSEMENTS_TIME</c>: an <c>oe_datetime_t</c> that the endorsements are judged at.</summary>
    public const int EndorsementsTime = 1;

    public int Type;
    public void* Policy;
    public nuint PolicySize;
}
