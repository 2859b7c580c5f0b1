using System.Runtime.InteropServices;
using PrivChain.Core.Refusals;

namespace PrivChain.Enclave.Start;

/// <summary>What the process tells the kernel about itself before it holds a secret. It raises the cost for another program of the same user; a hostile kernel ignores it.</summary>
internal static partial class PrivateProcess
{
    private const int SetDumpable = 4; // PR_SET_DUMPABLE of prctl(2)
    private const uint OwnerOnly = 0x3F; // 077

    /// <summary>No core dumps, no debugger of the same user, and no file or socket that others can open.</summary>
    public static Refusal? Enter()
    {
        _ = UMask(OwnerOnly);
        return PrCtl(SetDumpable, 0, 0, 0, 0) == 0 ? null : new Refusal(RefusalReason.Internal, $"prctl failed with errno {Marshal.GetLastPInvokeError()}");
    }

    [LibraryImport("libc", EntryPoint = "umask")]
    private static partial uint UMask(uint mask);

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    private static partial int PrCtl(int option, nuint second, nuint third, nuint fourth, nuint fifth);
}
