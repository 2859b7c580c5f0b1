using Google.Protobuf;

namespace PrivChain.EndToEnd.Tests;

/// <summary>The body of a call with one message. Each message of gRPC has a byte that says whether it is compressed, which ours are not, and four bytes of length.</summary>
internal static class GrpcBody
{
    private const int Prefix = 5;

    public static ReadOnlySpan<byte> MessageOf(byte[] body) => body.AsSpan(Prefix);

    /// <summary>A body of the same type with another message.</summary>
    public static ByteArrayContent Of(IMessage message, HttpContent like)
    {
        var bytes = message.ToByteArray();
        var framed = new byte[Prefix + bytes.Length];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(framed.AsSpan(1), (uint)bytes.Length);
        bytes.CopyTo(framed, Prefix);
        var content = new ByteArrayContent(framed);
        content.Headers.ContentType = like.Headers.ContentType;
        return content;
    }
}
