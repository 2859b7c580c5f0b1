using System.Globalization;
using Grpc.Core;
using PrivChain.Core.Refusals;
using PrivChain.Schemas.V1;

namespace PrivChain.Node.Tests.Services;

/// <summary>Echoes queries; refuses what opens a session, and ends; refuses to identify itself with a word too many.</summary>
public sealed class FakeEnclave : Schemas.V1.Enclave.EnclaveBase
{
    /// <summary>Completes when a query stream was cancelled.</summary>
    public TaskCompletionSource Cancelled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <inheritdoc/>
    public override Task<IdentifyReply> Identify(IdentifyRequest request, ServerCallContext context) => throw new RpcException(
        new Status(StatusCode.InvalidArgument, "nonce in /var/lib/enclave is short"),
        new Metadata { { "privchain-reason", ((int)RefusalReason.TooWeak).ToString(CultureInfo.InvariantCulture) } });

    /// <inheritdoc/>
    public override async Task Query(IAsyncStreamReader<QueryFrame> requestStream, IServerStreamWriter<AnswerFrame> responseStream, ServerCallContext context)
    {
        using var registration = context.CancellationToken.Register(() => Cancelled.TrySetResult());
        await foreach (var frame in requestStream.ReadAllAsync())
        {
            if (frame.Open is not null)
            {
                await responseStream.WriteAsync(new AnswerFrame { Refused = (uint)RefusalReason.NotYours });
                return;
            }

            await responseStream.WriteAsync(new AnswerFrame { Answers = new SealedAnswers { Ids = { frame.Queries.First }, Sealed = frame.Queries.Sealed } });
        }
    }
}
