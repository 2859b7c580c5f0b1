using System.Text;
using PrivChain.Core.Bytes;
using PrivChain.Core.Documents;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Sdk.Connection;

namespace PrivChain.Sdk.Receipts;

/// <summary>Gathers what a receipt needs. Places come from the followed ledger, so a node cannot lead to other entries.</summary>
internal static class ReceiptBuilder
{
    public static async Task<Receipt> BuildAsync(PrivChainConnection connection, ReceiptSource source, CancellationToken cancellationToken)
    {
        var (core, envelope) = (source.Core, source.Envelope);
        var atLeast = envelope.DeliveryIndex < ulong.MaxValue ? envelope.DeliveryIndex + 1 : 0;
        var places = await connection.Ledger.ReadStateAsync(state => PlacesOf(state, connection.Ledger.History, core), atLeast, cancellationToken).ConfigureAwait(false)
            ?? throw new RefusalException(new Refusal(RefusalReason.UnknownReference, "an entry behind this answer is not on the ledger"));

        // One checkpoint for all: the one that was just followed, or a newer one that is consistent with it.
        var checkpoint = connection.Ledger.Head is { } head && head.Checkpoint.Size >= atLeast
            ? head
            : await connection.Ledger.RefreshAsync(atLeast, cancellationToken).ConfigureAwait(false);
        async Task<ProvenEntryText> ProveAsync(ulong index)
        {
            var proven = await connection.Ledger.GetEntryAsync(index, checkpoint, cancellationToken).ConfigureAwait(false);
            return new ProvenEntryText(proven.Index, proven.Bytes, proven.Proof);
        }

        // Side by side: far from the node the way there and back is most of the time.
        var (publication, consent, session, use, delivery) = (ProveAsync(places.Publication), ProveAsync(places.Consent), ProveAsync(places.Session), ProveAsync(places.Use), ProveAsync(places.Delivery));
        var (broker, measurement) = (Task.WhenAll(places.Broker.Select(ProveAsync)), Task.WhenAll(places.Measurement.Select(ProveAsync)));
        await Task.WhenAll([publication, consent, session, use, delivery, broker, measurement]).ConfigureAwait(false);
        var receipt = new Receipt
        {
            Genesis = Encoding.UTF8.GetString(connection.Genesis.ToArray()),
            Core = Encoding.UTF8.GetString(envelope.ReceiptCore.Span),
            Query = source.Query,
            Publication = await publication.ConfigureAwait(false),
            Consent = await consent.ConfigureAwait(false),
            Broker = await broker.ConfigureAwait(false),
            Measurement = await measurement.ConfigureAwait(false),
            Session = await session.ConfigureAwait(false),
            Use = await use.ConfigureAwait(false),
            Delivery = await delivery.ConfigureAwait(false),
            Checkpoint = Encoding.UTF8.GetString(checkpoint.Signed.Note.Bytes.Span),
            Contract = Encoding.UTF8.GetString(source.Contract.CanonicalText.Span),
            Evidence = source.Evidence,
            SessionKey = source.SessionKey,
            AnswerSalt = envelope.OutputSalt,
            Answer = Encoding.UTF8.GetString(envelope.Answer.Span),
        };

        // What does not verify is not handed out: whoever holds it later would find out too late.
        var report = ReceiptVerifier.Verify(Encoding.UTF8.GetBytes(receipt.ToJson()), connection.LedgerId, connection.Options.AcceptSimulatedEvidence, connection.Schemas);
        return report.Valid ? receipt : throw new RefusalException(report.Failed!.Refusal!);
    }

    private static Places? PlacesOf(LedgerState state, LedgerHistory history, ReceiptCore core)
    {
        // An enrolment that ended since counts as well: the receipt is about the time of the use.
        if (state.Use(core.Use) is not { DeliveredAt: { } delivery } use || state.Contract(core.Contract) is not { } contract
            || state.Consent(core.Consent) is not { } consent || state.Session(core.Worker) is not { } session
            || history.EnrolmentBefore(LedgerRole.Broker, use.Broker, null, session.Index) is not { } broker
            || history.EnrolmentBefore(LedgerRole.Measurement, AccountAddress.Zero, core.Measurement, session.Index) is not { } measurement)
        {
            return null;
        }

        return new Places(contract.Index, consent.Index, broker, measurement, session.Index, use.Index, delivery);
    }

    private sealed record Places(
        ulong Publication, ulong Consent, IReadOnlyList<ulong> Broker, IReadOnlyList<ulong> Measurement, ulong Session, ulong Use, ulong Delivery);
}
