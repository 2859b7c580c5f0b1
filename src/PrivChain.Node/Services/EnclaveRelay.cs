using System.Globalization;
using System.Net.Sockets;
using Grpc.Core;
using Grpc.Net.Client;
using PrivChain.Core.Refusals;
using PrivChain.Node.Access;
using PrivChain.Schemas.V1;
using EnclaveApi = PrivChain.Schemas.V1.Enclave;

namespace PrivChain.Node.Services;

/// <summary>Carries calls between institutions and the enclave's Unix socket. Everything that matters is sealed end to end; the node sees sizes and times.</summary>
internal sealed class EnclaveRelay : EnclaveApi.EnclaveBase, IDisposable
{
    private readonly GrpcChannel? _channel;
    private readonly EnclaveApi.EnclaveClient? _enclave;

    public EnclaveRelay(NodeOptions options)
    {
        if (options.EnclaveSocket is not { } path)
        {
            return;
        }

        _channel = GrpcChannel.ForAddress("http://enclave", new GrpcChannelOptions
        {
            DisposeHttpClient = true,
            HttpHandler = new SocketsHttpHandler
            {
                EnableMultipleHttp2Connections = true,
                ConnectCallback = async (_, cancellation) =>
                {
                    var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                    try
                    {
                        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation);
                        return new NetworkStream(socket, ownsSocket: true);
                    }
                    catch
                    {
                        socket.Dispose();
                        throw;
                    }
                },
            },
        });
        _enclave = new EnclaveApi.EnclaveClient(_channel);
    }

    public override async Task<IdentifyReply> Identify(IdentifyRequest request, ServerCallContext context)
    {
        try
        {
            return await Reached().IdentifyAsync(request, deadline: context.Deadline, cancellationToken: context.CancellationToken);
        }
        catch (RpcException exception)
        {
            throw Passed(exception, context);
        }
    }

    public override async Task Query(IAsyncStreamReader<QueryFrame> requestStream, IServerStreamWriter<AnswerFrame> responseStream, ServerCallContext context)
    {
        using var call = Reached().Query(deadline: context.Deadline, cancellationToken: context.CancellationToken);
        using var done = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken);
        var sending = SendAsync(requestStream, call, done.Token);
        try
        {
            await foreach (var answer in call.ResponseStream.ReadAllAsync(context.CancellationToken))
            {
                await responseStream.WriteAsync(answer, context.CancellationToken);
            }
        }
        catch (RpcException exception)
        {
            throw Passed(exception, context);
        }
        finally
        {
            // The enclave has said its last; an institution that has not closed its side is not waited for. The read is ended before the call is: Kestrel uses a stream again for the
            // next call, which would fail with "Reading is already in progress".
            await done.CancelAsync();
            await sending;
        }
    }

    /// <summary>A session in which one frame is asked: it ends with the frame that answers or refuses.</summary>
    public async Task AskAsync(AskRequest request, IServerStreamWriter<AnswerFrame> responseStream, ServerCallContext context)
    {
        var enclave = Reached();
        if (request.Open is null || request.Queries is null)
        {
            throw Wire.Refuse(RefusalReason.Malformed);
        }

        try
        {
            using var call = enclave.Query(deadline: context.Deadline, cancellationToken: context.CancellationToken);
            await SendAsync(call, [new QueryFrame { Open = request.Open }, new QueryFrame { Queries = request.Queries }], context.CancellationToken);
            await foreach (var answer in call.ResponseStream.ReadAllAsync(context.CancellationToken))
            {
                await responseStream.WriteAsync(answer, context.CancellationToken);
                if (answer.FrameCase != AnswerFrame.FrameOneofCase.Accept)
                {
                    return;
                }
            }
        }
        catch (RpcException exception)
        {
            throw Passed(exception, context);
        }
    }

    public void Dispose() => _channel?.Dispose();

    // The enclave's reason goes on, its words do not: they may name paths of this machine.
    private static RefusalException Passed(RpcException exception, ServerCallContext context) =>
        int.TryParse(exception.Trailers.GetValue(CallGate.ReasonTrailer), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && Enum.IsDefined((RefusalReason)number) && number != 0 ? Wire.Refuse((RefusalReason)number)
        : context.CancellationToken.IsCancellationRequested ? Wire.Refuse(context.Deadline <= TimeProvider.System.GetUtcNow().UtcDateTime ? RefusalReason.Deadline : RefusalReason.Cancelled)
        : Wire.Refuse(RefusalReason.Unavailable);

    private EnclaveApi.EnclaveClient Reached() => _enclave ?? throw Wire.Refuse(RefusalReason.Unavailable);

    // An enclave that refuses the opening has ended the call before the rest is written; the answer side carries the reason.
    private static async Task SendAsync(AsyncDuplexStreamingCall<QueryFrame, AnswerFrame> to, IEnumerable<QueryFrame> frames, CancellationToken cancellation)
    {
        try
        {
            foreach (var frame in frames)
            {
                await to.RequestStream.WriteAsync(frame, cancellation);
            }
        }
        catch (Exception exception) when (exception is RpcException or IOException or InvalidOperationException)
        {
            return;
        }
    }

    // When the enclave has ended the call, what the institution still sends has nowhere to go; the answer side carries the reason.
    private static async Task SendAsync(IAsyncStreamReader<QueryFrame> from, AsyncDuplexStreamingCall<QueryFrame, AnswerFrame> to, CancellationToken cancellation)
    {
        try
        {
            await foreach (var frame in from.ReadAllAsync(cancellation))
            {
                await to.RequestStream.WriteAsync(frame, cancellation);
            }

            await to.RequestStream.CompleteAsync();
        }
        catch (Exception exception) when (exception is RpcException or IOException or InvalidOperationException or OperationCanceledException)
        {
            return;
        }
    }
}
