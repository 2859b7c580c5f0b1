using System.Buffers.Binary;
using System.IO.Pipelines;
using Google.Protobuf;
using PrivChain.Schemas.V1;

namespace PrivChain.EndToEnd.Tests;

/// <summary>Stands where the operator stands and changes the frames of answers on their way to the institution.</summary>
/// <param name="change">What is sent on in the place of a frame.</param>
internal sealed class LyingRelay(Func<AnswerFrame, IEnumerable<AnswerFrame>> change) : DelegatingHandler(new SocketsHttpHandler { EnableMultipleHttp2Connections = true })
{
    private const int Prefix = 5;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        if (request.RequestUri!.AbsolutePath.EndsWith(".Enclave/Query", StringComparison.Ordinal))
        {
            var pipe = new Pipe();
            _ = CarryAsync(await response.Content.ReadAsStreamAsync(cancellationToken), pipe.Writer);
            var changed = new StreamContent(pipe.Reader.AsStream());
            foreach (var header in response.Content.Headers)
            {
                changed.Headers.TryAddWithoutValidation(header.Key, header.Value);
            }

            response.Content = changed;
        }

        return response;
    }

    // Each message of gRPC has a byte that says whether it is compressed, which ours are not, and four bytes of length.
    private async Task CarryAsync(Stream from, PipeWriter to)
    {
        try
        {
            var prefix = new byte[Prefix];
            while (await from.ReadAtLeastAsync(prefix, Prefix, throwOnEndOfStream: false) == Prefix)
            {
                var message = new byte[BinaryPrimitives.ReadUInt32BigEndian(prefix.AsSpan(1))];
                await from.ReadExactlyAsync(message);
                foreach (var frame in change(AnswerFrame.Parser.ParseFrom(message)))
                {
                    var bytes = frame.ToByteArray();
                    var sent = new byte[Prefix + bytes.Length];
                    BinaryPrimitives.WriteUInt32BigEndian(sent.AsSpan(1), (uint)bytes.Length);
                    bytes.CopyTo(sent, Prefix);
                    await to.WriteAsync(sent);
                }
            }

            await to.CompleteAsync();
        }
        catch (Exception exception)
        {
            // The call was given up: the reader learns it as it would from the network.
            await to.CompleteAsync(exception);
        }
    }
}
