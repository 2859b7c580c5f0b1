using Google.Protobuf;
using Grpc.Core;
using PrivChain.Core.Refusals;
using PrivChain.Enclave.Evidence;
using PrivChain.Enclave.Follow;
using PrivChain.Enclave.State;
using PrivChain.Enclave.Worker;
using PrivChain.Schemas.V1;

namespace PrivChain.Enclave.Service;

/// <summary>The two methods that the world sees.</summary>
internal sealed class EnclaveService(LedgerView ledger, BrokerSecrets broker, WorkerKeeper workers, IEnclaveEvidence evidence, SessionLoop sessions)
    : Schemas.V1.Enclave.EnclaveBase
{
    private const int MinNonce = 16;
    private const int MaxNonce = 64;

    /// <inheritdoc/>
    public override async Task<IdentifyReply> Identify(IdentifyRequest request, ServerCallContext context)
    {
        if (request.Nonce.Length is < MinNonce or > MaxNonce)
        {
            throw Refused(RefusalReason.Malformed);
        }

        // A follower that found a lie says so instead of proving who it is.
        if (ledger.Stopped is { } stopped)
        {
            throw Refused(stopped.Reason);
        }

        var reply = new IdentifyReply
        {
            Broker = new BrokerIdentity
            {
                Account = ByteString.CopyFrom(broker.Account.Address.ToArray()),
                EncryptionKey = ByteString.CopyFrom(broker.DecryptionKey.PublicKey.ToArray()),
                Evidence = ByteString.CopyFrom(await evidence.ProduceAsync(
                    EnclaveRole.Broker, broker.Account.Address, broker.DecryptionKey.PublicKey, request.Nonce.Memory, context.CancellationToken).ConfigureAwait(false)),
            },
        };
        if (workers.Current is { } worker)
        {
            reply.Worker = new WorkerIdentity
            {
                Account = ByteString.CopyFrom(worker.Account.Address.ToArray()),
                SessionKey = ByteString.CopyFrom(worker.SessionKey.PublicKey.ToArray()),
                Evidence = ByteString.CopyFrom(await evidence.ProduceAsync(
                    EnclaveRole.Worker, worker.Account.Address, worker.SessionKey.PublicKey, request.Nonce.Memory, context.CancellationToken).ConfigureAwait(false)),
                RecordedEvidence = ByteString.CopyFrom(worker.Evidence),
                SessionIndex = worker.Admitted.Index,
            };
        }

        return reply;
    }

    /// <inheritdoc/>
    public override Task Query(IAsyncStreamReader<QueryFrame> requestStream, IServerStreamWriter<AnswerFrame> responseStream, ServerCallContext context) =>
        sessions.RunAsync(requestStream, responseStream, context.CancellationToken);

    private static RpcException Refused(RefusalReason reason)
    {
        var status = reason == RefusalReason.Malformed ? StatusCode.InvalidArgument : StatusCode.Unavailable;
        var trailer = new Metadata { { "privchain-reason", ((int)reason).ToString(System.Globalization.CultureInfo.InvariantCulture) } };
        return new RpcException(new Status(status, reason.ToString()), trailer);
    }
}
