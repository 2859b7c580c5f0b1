using Google.Protobuf;
using PrivChain.Core.Bytes;
using PrivChain.Schemas.V1;

namespace PrivChain.EndToEnd.Tests;

/// <summary>Stands where the operator stands and answers a regulator's question for the copy of a use with something else.</summary>
internal sealed class CopyLies() : DelegatingHandler(new SocketsHttpHandler { EnableMultipleHttp2Connections = true })
{
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
            request.Content = GrpcBody.Of(new GetAuditCopyRequest { Use = ByteString.CopyFrom(use.ToArray()) }, request.Content!);
        }

        var response = await base.SendAsync(request, cancellationToken);
        if (Change is { } change)
        {
            var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            var box = GetAuditCopyReply.Parser.ParseFrom(GrpcBody.MessageOf(body)).Box.ToByteArray();
            response.Content = GrpcBody.Of(new GetAuditCopyReply { Box = ByteString.CopyFrom(change(box)) }, response.Content);
        }

        return response;
    }
}
