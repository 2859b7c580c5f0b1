using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using PrivChain.Attestation.Evidence;

namespace PrivChain.Attestation.Sources.Tsm;

/// <summary>
/// <c>/dev/sev-guest</c>: the key that firmware derives for a guest (AMD 56860, MSG_KEY_REQ; Linux <c>include/uapi/linux/sev-guest.h</c>). The key comes from the chip's own key, the guest's policy and its launch
/// measurement: another chip, guest or policy gets another one. TCB and SVN are left out, so that firmware updates do not lose what was sealed.
/// </summary>
internal sealed partial class SevGuestDevice(string path = "/dev/sev-guest")
{
    public const int RequestSize = 32;

    private const int KeySize = 32;
    private const int ResponseSize = 64;
    private const int KeyOffset = 32;

    // struct snp_guest_request_ioctl { u8 msg_version; u64 req_data; u64 resp_data; u64 exitinfo2; }, aligned to 8.
    private const int ArgumentSize = 32;

    // _IOWR('S', 1, struct snp_guest_request_ioctl).
    private const nuint GetDerivedKey = (3u << 30) | (ArgumentSize << 16) | ('S' << 8) | 1;

    private const ulong MixPolicy = 1 << 0;
    private const ulong MixMeasurement = 1 << 3;

    /// <summary>struct snp_derived_key_req { u32 root_key_select; u32 reserved; u64 guest_field_select; u32 vmpl; u32 guest_svn; u64 tcb_version; }: key of the chip, level 0.</summary>
    public static byte[] Request()
    {
        var request = new byte[RequestSize];
        BinaryPrimitives.WriteUInt64LittleEndian(request.AsSpan(8), MixPolicy | MixMeasurement);
        return request;
    }

    /// <summary>32 bytes; the caller wipes them.</summary>
    /// <exception cref="EvidenceSourceException">No such device, or firmware refused.</exception>
    public unsafe byte[] DeriveKey()
    {
        var response = new byte[ResponseSize];
        try
        {
            using var device = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
            var argument = new byte[ArgumentSize];
            argument[0] = 1;
            int result;
            fixed (byte* requestAt = Request(), responseAt = response, argumentAt = argument)
            {
                BinaryPrimitives.WriteUInt64LittleEndian(argument.AsSpan(8), (ulong)requestAt);
                BinaryPrimitives.WriteUInt64LittleEndian(argument.AsSpan(16), (ulong)responseAt);
                result = Control(device, GetDerivedKey, argumentAt);
            }

            var status = BinaryPrimitives.ReadUInt32LittleEndian(response);
            return result == 0 && status == 0
                ? response[KeyOffset..(KeyOffset + KeySize)]
                : throw new EvidenceSourceException(
                    EvidenceSourceFault.CannotSeal, EvidenceKind.SevSnp, $"errno {Marshal.GetLastPInvokeError()}, firmware status {status}, exit {BinaryPrimitives.ReadUInt64LittleEndian(argument.AsSpan(24)):x}");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new EvidenceSourceException(EvidenceSourceFault.CannotSeal, EvidenceKind.SevSnp, exception.Message, exception);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(response);
        }
    }

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static unsafe partial int Control(SafeFileHandle device, nuint request, byte* argument);
}
