using Grpc.Core;
using PrivChain.Core.Bytes;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Node.Access;
using PrivChain.Node.Vault;
using PrivChain.Schemas.V1;

namespace PrivChain.Node.Services;

internal sealed class DocumentService(Genesis genesis, RecordStore store, Authorisation authorisation, NodeLimits limits) : Documents.DocumentsBase
{
    private const int MaxDocument = 64 * 1024;

    public override Task<PutDocumentReply> PutDocument(PutDocumentRequest request, ServerCallContext context)
    {
        Wire.RequireSome(request.Content.Length, MaxDocument);

        var digest = genesis.Algorithms.DigestOf(request.Content.Span);
        if (store.Document(digest) is null)
        {
            var caller = CallGate.CallerOf(context)!.Value;
            var stranger = authorisation.HasRole(caller) ? (AccountAddress?)null : caller;
            if (stranger is { } account && store.DocumentsOfStrangers(account) is var (own, all) && (own >= limits.DocumentsPerStranger || all >= limits.DocumentsOfStrangers))
            {
                throw Wire.Refuse(RefusalReason.Overloaded);
            }

            store.PutDocument(digest, request.Content.ToByteArray(), stranger);
        }

        return Task.FromResult(new PutDocumentReply { Digest = Wire.Bytes(digest.ToArray()) });
    }

    public override Task<GetDocumentReply> GetDocument(GetDocumentRequest request, ServerCallContext context) =>
        Task.FromResult(new GetDocumentReply { Content = Wire.Bytes(store.Document(Wire.Digest(request.Digest)) ?? throw Wire.Refuse(RefusalReason.NotFound)) });
}
