using Google.Protobuf;
using PrivChain.Schemas.V1;

namespace PrivChain.EndToEnd.Tests;

/// <summary>Stands where the operator stands and changes the list of tallies that a regulator asks for.</summary>
internal sealed class TallyLies() : DelegatingHandler(new SocketsHttpHandler { EnableMultipleHttp2Connections = true })
{
    /// <summary>What is made of the reply; null: the truth.</summary>
    public Action<ListTalliesReply>? Change { get; set; }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        if (Change is { } change && request.RequestUri!.AbsolutePath.EndsWith(".Refusals/ListTallies", StringComparison.Ordinal))
        {
            var reply = ListTalliesReply.Parser.ParseFrom(GrpcBody.MessageOf(await response.Content.ReadAsByteArrayAsync(cancellationToken)));
            change(reply);
            response.Content = GrpcBody.Of(reply, response.Content);
        }

        return response;
    }
}
