using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace PrivChain.Attestation.OpenEnclave;

/// <summary><c>oe_datetime_t</c> of <c>bits/types.h</c>: six numbers of 32 bits, UTC, to the second.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct OeDateTime(DateTimeOffset time)
{
    public const int Size = 24;

    public uint Year = (uint)time.UtcDateTime.Year;
    public uint Month = (uint)time.UtcDateTime.Month;
    public uint Day = (uint)time.UtcDateTime.Day;
    public uint Hours = (uint)time.UtcDateTime.Hour;
    public uint Minutes = (uint)time.UtcDateTime.Minute;
    public uint Seconds = (uint)time.UtcDateTime.Second;

    /// <summary>The time in a claim, or null where it is none.</summary>
    public static DateTimeOffset? Read(ReadOnlySpan<byte> value)
    {
        if (value.Length != Size)
        {
            return null;
        }

        Span<int> parts = stackalloc int[Size / sizeof(int)];
        for (var i = 0; i < parts.Length; i++)
        {
            parts[i] = BinaryPrimitives.ReadInt32LittleEndian(value[(i * sizeof(int))..]);
        }

        return parts is [>= 1 and <= 9999, >= 1 and <= 12, >= 1, >= 0 and < 24, >= 0 and < 60, >= 0 and < 60] && parts[2] <= DateTime.DaysInMonth(parts[0], parts[1])
            ? new DateTimeOffset(parts[0], parts[1], parts[2], parts[3], parts[4], parts[5], TimeSpan.Zero)
            : null;
    }
}
