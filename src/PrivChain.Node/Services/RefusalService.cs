using Grpc.Core;
using PrivChain.Node.Observability;
using PrivChain.Schemas.V1;

namespace PrivChain.Node.Services;

internal sealed class RefusalService(RefusalCounts counts) : Refusals.RefusalsBase
{
    public override Task<CountRefusalsReply> Count(CountRefusalsRequest request, ServerCallContext context)
    {
        var reply = new CountRefusalsReply();
        reply.Counts.AddRange(counts.Since(request.Since).Select(row => new RefusalCount
        {
            Day = (uint)row.Day, Method = row.Method, Reason = (uint)row.Reason, Role = (uint)row.Role, Count = (uint)row.Count,
        }));
        return Task.FromResult(reply);
    }
}
