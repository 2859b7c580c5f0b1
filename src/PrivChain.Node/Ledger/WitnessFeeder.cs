using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Threading.Channels;
using PrivChain.Core.Ledger;
using PrivChain.Core.Tree;
using PrivChain.Node.Observability;

namespace PrivChain.Node.Ledger;

/// <summary>
/// Carries each new checkpoint to the witnesses (c2sp.org/tlog-witness, add-checkpoint) until a quorum has cosigned it. One round at a time: all
/// witnesses are asked for the same checkpoint, because cosignatures on unlike ones do not add up. A slow or absent witness delays nobody as long as the
/// others make the quorum. An idle ledger is cosigned again from time to time, so that readers can tell an idle ledger from a withheld one.
/// </summary>
internal sealed class WitnessFeeder : BackgroundService
{
    private static readonly TimeSpan _requestTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan _roundTimeout = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _refresh = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan _longestPause = TimeSpan.FromSeconds(2);

    private readonly ILedgerEngine _ledger;
    private readonly ILogger<WitnessFeeder> _logger;
    private readonly NodeMetrics _metrics;
    private readonly TrustedLog _log;
    private readonly WitnessPolicy _policy;
    private readonly List<Feed> _feeds = [];
    private readonly Lock _gate = new();
    private Round? _round;
    private long _behindSince;

    public WitnessFeeder(ILedgerEngine ledger, NodeOptions options, ILogger<WitnessFeeder> logger, NodeMetrics metrics)
    {
        _ledger = ledger;
        _logger = logger;
        _metrics = metrics;
        _log = ledger.Genesis.Log;
        _policy = LedgerFollower.WitnessesOf(ledger.Genesis);
        foreach (var address in options.Witnesses)
        {
            var key = _policy.Witnesses.Single(witness => witness.Name == address.Name);
            _feeds.Add(new Feed(key, new Uri(address.Url.AbsoluteUri.TrimEnd('/') + "/add-checkpoint")) { Size = ledger.Witnessed.Current?.Size ?? 0 });
        }
    }

    /// <summary>How long acknowledged entries have waited for a quorum.</summary>
    public TimeSpan Behind
    {
        get
        {
            lock (_gate)
            {
                return _behindSince == 0 ? TimeSpan.Zero : TimeProvider.System.GetElapsedTime(_behindSince);
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Answers are a line or a number, so no redirect is followed and little is read.
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false };
        using var http = new HttpClient(handler) { Timeout = _requestTimeout, MaxResponseContentBufferSize = 64 * 1024 };
        var feeding = _feeds.Select(feed => FeedAsync(http, feed, stoppingToken)).ToList();
        try
        {
            while (true)
            {
                var witnessed = _ledger.Witnessed.Current?.Size;
                var head = await NextHeadAsync(witnessed, stoppingToken);
                await RunRoundAsync(new Round(head), stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await Task.WhenAll(feeding);
        }
    }

    // A head beyond the witnessed one, or after a while the same again.
    private async Task<LedgerHead> NextHeadAsync(ulong? witnessed, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(_refresh);
        try
        {
            return await _ledger.Signed.WaitAsync(head => witnessed is null || head.Size > witnessed, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return _ledger.Signed.Current!;
        }
    }

    private async Task RunRoundAsync(Round round, CancellationToken cancellation)
    {
        lock (_gate)
        {
            _round = round;
            _behindSince = _behindSince == 0 ? TimeProvider.System.GetTimestamp() : _behindSince;
        }

        foreach (var feed in _feeds)
        {
            feed.Rounds.Writer.TryWrite(round);
        }

        // Until the quorum is there; from the time limit on, a newer head replaces this one.
        using var expired = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var late = Task.Delay(_roundTimeout, expired.Token);
        await Task.WhenAny(round.Quorum.Task, late);
        if (!round.Quorum.Task.IsCompleted)
        {
            cancellation.ThrowIfCancellationRequested();
            await Task.WhenAny(round.Quorum.Task, _ledger.Signed.WaitAsync(head => head.Size > round.Head.Size, expired.Token));
            cancellation.ThrowIfCancellationRequested();
        }

        await expired.CancelAsync();
    }

    private async Task FeedAsync(HttpClient http, Feed feed, CancellationToken stopping)
    {
        var pause = TimeSpan.Zero;
        try
        {
            while (true)
            {
                var round = await feed.Rounds.Reader.ReadAsync(stopping);
                while (!await TryCosignAsync(http, feed, round, stopping))
                {
                    pause = pause == TimeSpan.Zero ? TimeSpan.FromMilliseconds(100) : TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, _longestPause.Ticks));
                    await Task.Delay(pause, stopping);
                    lock (_gate)
                    {
                        round = _round!;
                    }
                }

                pause = TimeSpan.Zero;
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
        }
    }

    private async Task<bool> TryCosignAsync(HttpClient http, Feed feed, Round round, CancellationToken stopping)
    {
        try
        {
            // The second try is for a witness whose size we did not know.
            for (var attempt = 0; attempt < 2; attempt++)
            {
                if (feed.Size > round.Head.Size)
                {
                    // It has cosigned more than this checkpoint (before our restart, perhaps); a later round will fit.
                    return true;
                }

                var proof = _ledger.ConsistencyProof(feed.Size, round.Head.Size);
                using var content = new ByteArrayContent(WitnessRequest.Compose(feed.Size, proof, round.Head.Note.Span));
                content.Headers.ContentType = new MediaTypeHeaderValue("text/plain");
                using var response = await http.PostAsync(feed.Url, content, stopping);
                var body = await response.Content.ReadAsStringAsync(stopping);
                if (response.StatusCode == HttpStatusCode.OK)
                {
                    feed.Size = round.Head.Size;
                    return Collect(feed, round, body);
                }

                if (response.StatusCode != HttpStatusCode.Conflict || !ulong.TryParse(body.AsSpan().TrimEnd('\n'), out var size))
                {
                    LogRefusal(feed, response.StatusCode);
                    return false;
                }

                if (size > _ledger.Signed.Current!.Size)
                {
                    // It has seen more of this log than our disk holds: the disk was set back, or the log has a second life elsewhere.
                    Log.WitnessDisagrees(_logger, feed.Key.Name);
                    return false;
                }

                feed.Size = size;
            }

            return false;
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException || (exception is OperationCanceledException && !stopping.IsCancellationRequested))
        {
            Log.WitnessFailed(_logger, feed.Key.Name, exception.GetType().Name);
            return false;
        }
    }

    private void LogRefusal(Feed feed, HttpStatusCode status)
    {
        if (status is HttpStatusCode.Conflict or HttpStatusCode.UnprocessableEntity)
        {
            Log.WitnessDisagrees(_logger, feed.Key.Name);
        }
        else
        {
            Log.WitnessFailed(_logger, feed.Key.Name, $"status {(int)status}");
        }
    }

    private bool Collect(Feed feed, Round round, string line)
    {
        lock (_gate)
        {
            if (round.Quorum.Task.IsCompleted || !ReferenceEquals(_round, round))
            {
                return true;
            }

            byte[] one = [.. round.Head.Note.Span, .. Encoding.UTF8.GetBytes(line)];
            if (!SignedNote.TryParse(one, out var note) || !Cosignature.Verify(note, feed.Key).Accepted)
            {
                Log.WitnessFailed(_logger, feed.Key.Name, "not its cosignature");
                return false;
            }

            round.Lines[feed.Key.Name] = line;
            if (round.Lines.Count < _policy.Quorum)
            {
                return true;
            }

            byte[] all = [.. round.Head.Note.Span, .. Encoding.UTF8.GetBytes(string.Concat(round.Lines.Values))];
            if (!WitnessedCheckpoint.Verify(all, _log, _policy).Accepted)
            {
                Log.WitnessFailed(_logger, feed.Key.Name, "the note with all cosignatures does not verify");
                return false;
            }

            _ledger.RecordWitnessed(round.Head with { Note = all });
            _behindSince = 0;
            _metrics.Witnessed();
            round.Quorum.SetResult();
            return true;
        }
    }

    private sealed class Round(LedgerHead head)
    {
        public LedgerHead Head { get; } = head;

        public SortedDictionary<string, string> Lines { get; } = new(StringComparer.Ordinal);

        public TaskCompletionSource Quorum { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class Feed(NoteVerifierKey key, Uri url)
    {
        public NoteVerifierKey Key { get; } = key;

        public Uri Url { get; } = url;

        /// <summary>The size that this witness has cosigned last, as far as we know.</summary>
        public ulong Size { get; set; }

        // Only the newest round is of interest to a witness that was busy.
        public Channel<Round> Rounds { get; } = Channel.CreateBounded<Round>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
    }
}
