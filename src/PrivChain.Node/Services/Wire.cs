using Google.Protobuf;
using PrivChain.Core.Bytes;
using PrivChain.Core.Refusals;

namespace PrivChain.Node.Services;

/// <summary>Bytes from a message into types, or a refusal.</summary>
internal static class Wire
{
    public static Digest Digest(ByteString bytes) => bytes.Length == Core.Bytes.Digest.Size ? new Digest(bytes.Span) : throw Refuse(RefusalReason.Malformed);

    public static AccountAddress Account(ByteString bytes) => bytes.Length == AccountAddress.Size ? new AccountAddress(bytes.Span) : throw Refuse(RefusalReason.Malformed);

    public static ByteString Bytes(ReadOnlySpan<byte> bytes) => ByteString.CopyFrom(bytes);

    /// <summary>Refuses nothing at all as <see cref="RefusalReason.Malformed"/>, and more than <paramref name="most"/> as <see cref="RefusalReason.TooLarge"/>.</summary>
    public static void RequireSome(int count, int most)
    {
        if (count == 0 || count > most)
        {
            throw Refuse(count == 0 ? RefusalReason.Malformed : RefusalReason.TooLarge);
        }
    }

    public static RefusalException Refuse(RefusalReason reason) => new(new Refusal(reason, string.Empty));
}
