using Grpc.Core;
using PrivChain.Schemas.V1;

namespace PrivChain.Node.Services;

/// <summary>One question to the enclave in one call, for callers that cannot send a stream.</summary>
internal sealed class SingleQueryService(EnclaveRelay relay) : SingleQuery.SingleQueryBase
{
    public override Task Ask(AskRequest request, IServerStreamWriter<AnswerFrame> responseStream, ServerCallContext context) => relay.AskAsync(request, responseStream, context);
}
