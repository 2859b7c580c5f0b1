using Grpc.Core;
using PrivChain.Core.Documents;
using PrivChain.Core.Hpke;
using PrivChain.Core.Refusals;
using PrivChain.Node.Access;
using PrivChain.Node.Ledger;
using PrivChain.Node.Observability;
using PrivChain.Node.Vault;
using PrivChain.Schemas.V1;

namespace PrivChain.Node.Services;

internal sealed class RefusalService(ILedgerEngine ledger, RefusalCounts counts, RecordStore store, Authorisation authorisation, NodeLimits limits, TimeProvider time) : Refusals.RefusalsBase
{
    private const int MaxTallies = 100;

    // A padded tally, and what sealing adds.
    private const int MaxBox = 8 * 1024;
    private const int PageSize = 200;

    public override Task<CountRefusalsReply> Count(CountRefusalsRequest request, ServerCallContext context)
    {
        var reply = new CountRefusalsReply();
        reply.Counts.AddRange(counts.Since(request.Since).Select(row => new RefusalCount
        {
            Day = (uint)row.Day, Method = row.Method, Reason = (uint)row.Reason, Role = (uint)row.Role, Count = (uint)row.Count,
        }));
        return Task.FromResult(reply);
    }

    public override Task<PutTalliesReply> PutTallies(PutTalliesRequest request, ServerCallContext context)
    {
        Wire.RequireSome(request.Tallies.Count, MaxTallies);
        var tallies = new List<(Core.Bytes.AccountAddress Regulator, byte[] Box)>();
        foreach (var tally in request.Tallies)
        {
            Wire.RequireSome(tally.Box.Length, MaxBox);
            var regulator = Wire.Account(tally.Regulator);
            authorisation.Require(context, new AccessTarget.TallyFor(regulator));
            if (SealedBox.KemOf(tally.Box.Span) is { } kem && !ledger.Domain.Suite.Uses(kem))
            {
                throw new RefusalException(ledger.Domain.Suite.Refusal("a tally of refusals"));
            }

            tallies.Add((regulator, tally.Box.ToByteArray()));
        }

        store.PutTallies(CallGate.CallerOf(context)!.Value, RefusalCounts.DayOf(time.GetUtcNow()), tallies, limits.TalliesPerRegulator);
        return Task.FromResult(new PutTalliesReply());
    }

    public override Task<ListTalliesReply> ListTallies(ListTalliesRequest request, ServerCallContext context)
    {
        var page = store.Tallies(CallGate.CallerOf(context)!.Value, request.Since, request.After, PageSize);
        var reply = new ListTalliesReply { Next = page.Count == PageSize ? page[^1].Id : 0 };
        reply.Boxes.AddRange(page.Select(tally => Wire.Bytes(tally.Box)));
        return Task.FromResult(reply);
    }
}
