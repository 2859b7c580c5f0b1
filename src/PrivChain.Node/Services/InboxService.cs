using Grpc.Core;
using PrivChain.Core.Bytes;
using PrivChain.Core.Documents;
using PrivChain.Core.Hpke;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Node.Access;
using PrivChain.Node.Ledger;
using PrivChain.Node.Vault;
using PrivChain.Schemas.V1;

namespace PrivChain.Node.Services;

internal sealed class InboxService(ILedgerEngine ledger, RecordStore store, InboxSignal signal, Authorisation authorisation, NodeLimits limits, TimeProvider time) : Inbox.InboxBase
{
    private const int MaxBatch = 300;
    // The largest size class that messages have, and what sealing adds.
    internal const int MaxBox = 68 * 1024;
    private const int PageSize = 50;

    public override Task<RegisterKeyReply> RegisterKey(RegisterKeyRequest request, ServerCallContext context)
    {
        var statement = KeyStatement.Verify(ledger.Domain, request.Statement.Span).OrThrow();
        authorisation.Require(context, new AccessTarget.OwnAccount(statement.Account));

        store.PutStatement(statement.Account, Math.Min(statement.StatedAt, long.MaxValue), request.Statement.ToByteArray());
        return Task.FromResult(new RegisterKeyReply());
    }

    public override Task<LookupKeyReply> LookupKey(LookupKeyRequest request, ServerCallContext context) =>
        Task.FromResult(new LookupKeyReply { Statement = Wire.Bytes(store.Statement(Wire.Account(request.Account)) ?? throw Wire.Refuse(RefusalReason.NotFound)) });

    public override Task<SendReply> Send(SendRequest request, ServerCallContext context)
    {
        Wire.RequireSome(request.Messages.Count, MaxBatch);
        foreach (var message in request.Messages)
        {
            Wire.RequireSome(message.Box.Length, MaxBox);
            if (SealedBox.KemOf(message.Box.Span) is { } kem && !ledger.Domain.Suite.Uses(kem))
            {
                throw new RefusalException(ledger.Domain.Suite.Refusal("a message's box"));
            }
        }

        var messages = request.Messages.Select(message => (To: Wire.Account(message.To), Box: message.Box.ToByteArray())).ToList();
        var caller = CallGate.CallerOf(context)!.Value;
        if (!store.TryAddMessages(messages, UnixTime.Milliseconds(time.GetUtcNow()), authorisation.HasRole(caller) ? null : caller, limits))
        {
            throw Wire.Refuse(RefusalReason.Overloaded);
        }

        foreach (var account in messages.Select(message => message.To).Distinct())
        {
            signal.Sent(account);
        }

        return Task.FromResult(new SendReply());
    }

    public override async Task Receive(ReceiveRequest request, IServerStreamWriter<ReceiveReply> responseStream, ServerCallContext context)
    {
        AccountAddress caller = CallGate.CallerOf(context)!.Value;
        var after = request.After;
        while (true)
        {
            // Asked for before reading, so that nothing sent in between is missed.
            var next = signal.NextAsync(caller);
            var page = store.Messages(caller, after, PageSize);
            foreach (var message in page)
            {
                await responseStream.WriteAsync(
                    new ReceiveReply { Id = (ulong)message.Id, ReceivedAt = (ulong)message.ReceivedAt, Box = Wire.Bytes(message.Box) }, context.CancellationToken);
                after = (ulong)message.Id;
            }

            if (page.Count == PageSize)
            {
                continue;
            }

            if (!request.Wait)
            {
                return;
            }

            await next.WaitAsync(context.CancellationToken);
        }
    }

    public override Task<RemoveReply> Remove(RemoveRequest request, ServerCallContext context) =>
        store.RemoveMessage(CallGate.CallerOf(context)!.Value, request.Id) ? Task.FromResult(new RemoveReply()) : throw Wire.Refuse(RefusalReason.NotFound);
}
