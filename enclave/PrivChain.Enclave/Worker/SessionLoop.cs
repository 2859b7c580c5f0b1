using Grpc.Core;
using PrivChain.Core.Refusals;
using PrivChain.Schemas.V1;

namespace PrivChain.Enclave.Worker;

/// <summary>The phases of one stream: an opening, then queries until the caller is done, then silence. A frame out of phase ends it.</summary>
internal sealed class SessionLoop(QuerySessions sessions, QueryBatcher batcher, TimeProvider time)
{
    private static readonly TimeSpan OpeningLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan IdleLimit = TimeSpan.FromMinutes(10);

    /// <summary>Runs one stream to its end.</summary>
    public async Task RunAsync(IAsyncStreamReader<QueryFrame> received, IAsyncStreamWriter<AnswerFrame> replies, CancellationToken cancellation)
    {
        var first = await NextAsync(received, OpeningLimit, cancellation).ConfigureAwait(false);
        if (first?.FrameCase != QueryFrame.FrameOneofCase.Open)
        {
            await replies.WriteAsync(new AnswerFrame { Refused = (uint)RefusalReason.Malformed }, cancellation).ConfigureAwait(false);
            return;
        }

        var opened = await sessions.OpenAsync(first.Open, cancellation).ConfigureAwait(false);
        if (!opened.Accepted)
        {
            await replies.WriteAsync(new AnswerFrame { Refused = (uint)opened.Reason }, cancellation).ConfigureAwait(false);
            return;
        }

        using var session = opened.Value;
        var writing = WriteAsync(session, replies, cancellation);
        var reason = await ReadAsync(session, received, cancellation).ConfigureAwait(false);
        if (reason == RefusalReason.None)
        {
            await session.DrainAsync(cancellation).ConfigureAwait(false);
        }

        session.Close(reason);
        await writing.ConfigureAwait(false);
    }

    private async Task<RefusalReason> ReadAsync(OpenSession session, IAsyncStreamReader<QueryFrame> received, CancellationToken cancellation)
    {
        while (true)
        {
            QueryFrame? frame;
            try
            {
                frame = await NextAsync(received, IdleLimit, cancellation).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                return RefusalReason.Deadline;
            }

            if (frame is null)
            {
                return RefusalReason.None;
            }

            if (frame.FrameCase != QueryFrame.FrameOneofCase.Queries)
            {
                return RefusalReason.Malformed;
            }

            var queries = session.Open(frame.Queries);
            if (!queries.Accepted)
            {
                return queries.Reason;
            }

            // Nothing more is read until there is room for these, so a session holds at most one frame beyond its limit.
            await session.RoomAsync(queries.Value.Count, cancellation).ConfigureAwait(false);
            foreach (var consent in queries.Value.Select(query => query.Query.Consent).Distinct())
            {
                await sessions.CatchUpAsync(consent, cancellation).ConfigureAwait(false);
            }

            foreach (var query in queries.Value)
            {
                await batcher.EnqueueAsync(query, cancellation).ConfigureAwait(false);
            }
        }
    }

    private static async Task WriteAsync(OpenSession session, IAsyncStreamWriter<AnswerFrame> replies, CancellationToken cancellation)
    {
        await foreach (var frame in session.Frames.ReadAllAsync(cancellation).ConfigureAwait(false))
        {
            await replies.WriteAsync(frame, cancellation).ConfigureAwait(false);
        }
    }

    // Null at the end of the stream; cancelled when the limit passes.
    private async Task<QueryFrame?> NextAsync(IAsyncStreamReader<QueryFrame> received, TimeSpan limit, CancellationToken cancellation)
    {
        using var patience = new Broker.Limit(limit, time, cancellation);
        return await received.MoveNext(patience.Token).ConfigureAwait(false) ? received.Current : null;
    }
}
