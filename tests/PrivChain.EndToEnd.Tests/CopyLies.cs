using Google.Protobuf;
using PrivChain.Core.Bytes;
using PrivChain.Schemas.V1;

namespace PrivChain.EndToEnd.Tests;

/// <summary>Stands where the operator stands and answers a regulator's question for the copy of a use with something else.</summary>
internal sealed class CopyLies() : DelegatingHandler(new SocketsHttpHandler { EnableMultipleHttp2Connections = true })
{
    private const int Prefix = 5;

    /// <summary>The use whose copy is handed out, whichever was asked for; null: the truth.</summary>
    public Digest? Instead { get; set; }

    /// <summary>What is made of the reply.</summary>
    public Func<byte[], byte[]>? Change { get; set; }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (!request.RequestUri!.AbsolutePath.EndsWith(".Vault/GetAuditCopy", StringComparison.Ordinal))
        {
            return await base.SendAsync(request, cancellationToken);
        }

        if (Instead is { } use)
        {
            request.Content = Framed(new GetAuditCopyRequest { Use = ByteString.CopyFrom(use.ToArray()) }, request.Content!);
        }

        var response = await base.SendAsync(request, cancellationToken);
        if (Change is { } change)
        {
            var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            var box = GetAuditCopyReply.Parser.ParseFrom(body.AsSpan(Prefix)).Box.ToByteArray();
            response.Content = Framed(new GetAuditCopyReply { Box = ByteString.CopyFrom(change(box)) }, response.Content);
        }

        return response;
    }

    // Each message of gRPC has a byte that says whether it is compressed, which ours are not, and four bytes of length.
    private static ByteArrayContent Framed(IMessage message, HttpContent like)
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
