using System.Collections.Concurrent;
using System.Diagnostics;
using System.Threading.RateLimiting;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.Data.Sqlite;
using PrivChain.Core.Bytes;
using PrivChain.Core.Refusals;
using PrivChain.Node.Observability;

namespace PrivChain.Node.Access;

/// <summary>
/// What every call passes: deadline, sign-in, rate, authorisation; and what every refusal leaves through: a status, and the reason's number in the trailer <c>privchain-reason</c>. A stranger gets the reason
/// alone, never the detail.
/// </summary>
internal sealed class CallGate(Authorisation authorisation, SignInBook signIns, NodeLimits limits, TimeProvider time, ILogger<CallGate> logger, NodeMetrics metrics) : Interceptor, IDisposable
{
    /// <summary>Name of the trailer with the reason's number.</summary>
    public const string ReasonTrailer = "privchain-reason";

    private const string CallerKey = "privchain-caller";

    private readonly ConcurrentDictionary<string, TokenBucketRateLimiter> _rates = new(StringComparer.Ordinal);

    /// <summary>The signed-in caller of a call that has passed.</summary>
    public static AccountAddress? CallerOf(ServerCallContext context) => context.UserState.TryGetValue(CallerKey, out var caller) ? (AccountAddress)caller : null;

    public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation) =>
        PassAsync(context, streams: false, () => continuation(request, context));

    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation) =>
        PassAsync(context, streams: true, async () =>
        {
            await continuation(request, responseStream, context);
            return true;
        });

    public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, DuplexStreamingServerMethod<TRequest, TResponse> continuation) =>
        PassAsync(context, streams: true, async () =>
        {
            await continuation(requestStream, responseStream, context);
            return true;
        });

    public void Dispose()
    {
        foreach (var rate in _rates.Values)
        {
            rate.Dispose();
        }
    }

    private async Task<T> PassAsync<T>(ServerCallContext context, bool streams, Func<Task<T>> call)
    {
        var started = Stopwatch.GetTimestamp();
        var reason = RefusalReason.None;
        try
        {
            Admit(context, streams);
            return await call();
        }
        catch (RefusalException exception)
        {
            reason = exception.Reason;
            throw Refused(reason);
        }
        catch (OperationCanceledException)
        {
            reason = context.Deadline < time.GetUtcNow().UtcDateTime ? RefusalReason.Deadline : RefusalReason.Cancelled;
            throw Refused(reason);
        }
        catch (RpcException)
        {
            // From the enclave, by way of the relay: it carries its own status and trailers.
            reason = RefusalReason.Unavailable;
            throw;
        }
        catch (SqliteException exception)
        {
            reason = RefusalReason.StorageFailed;
            Log.Failed(logger, context.Method, $"{nameof(SqliteException)} {exception.SqliteErrorCode}");
            throw Refused(reason);
        }
        catch (Exception exception)
        {
            reason = RefusalReason.Internal;
            Log.Failed(logger, context.Method, exception.GetType().Name);
            throw Refused(reason);
        }
        finally
        {
            var duration = Stopwatch.GetElapsedTime(started);
            metrics.Called(context.Method, reason, duration);
            if (reason == RefusalReason.None)
            {
                Log.Called(logger, context.Method, duration.TotalMilliseconds);
            }
            else
            {
                Log.Refused(logger, context.Method, reason, duration.TotalMilliseconds);
            }
        }
    }

    private void Admit(ServerCallContext context, bool streams)
    {
        // A call without an end holds its resources for ever.
        var left = context.Deadline - time.GetUtcNow().UtcDateTime;
        var limit = streams ? limits.StreamDeadline : limits.Deadline;
        if (context.Deadline == DateTime.MaxValue || left > limit + TimeSpan.FromSeconds(1))
        {
            throw new RefusalException(new Refusal(RefusalReason.Deadline, string.Empty));
        }

        AccountAddress? caller = null;
        if (context.RequestHeaders.GetValue("authorization") is { } header)
        {
            caller = header.StartsWith("Bearer ", StringComparison.Ordinal) ? signIns.Caller(header["Bearer ".Length..]) : null;
            if (caller is null)
            {
                throw new RefusalException(new Refusal(RefusalReason.NotSignedIn, string.Empty));
            }

            context.UserState[CallerKey] = caller.Value;
        }

        if (!RateOf(context, caller).AttemptAcquire().IsAcquired)
        {
            throw new RefusalException(new Refusal(RefusalReason.Overloaded, string.Empty));
        }

        if (authorisation.Authorise(context.Method, caller) is { } refusal)
        {
            throw new RefusalException(refusal);
        }
    }

    private TokenBucketRateLimiter RateOf(ServerCallContext context, AccountAddress? caller)
    {
        // Strangers share the rate of their connection's peer address; accounts have their own.
        var trusted = caller is { } account && authorisation.IsTrusted(account);
        var key = caller is { } known ? (trusted ? "trusted " : string.Empty) + known : "peer " + context.Peer;
        if (_rates.Count > 50_000)
        {
            _rates.Clear();
        }

        var factor = trusted ? limits.TrustedFactor : 1;
        return _rates.GetOrAdd(key, _ => new TokenBucketRateLimiter(new TokenBucketRateLimiterOptions
        {
            TokenLimit = limits.CallsBurst * factor,
            TokensPerPeriod = Math.Max(1, limits.CallsPerSecond * factor / 10),
            ReplenishmentPeriod = TimeSpan.FromMilliseconds(100),
            QueueLimit = 0,
        }));
    }

    private static RpcException Refused(RefusalReason reason) =>
        new(new Status(StatusOf(reason), reason.ToString()), new Metadata { { ReasonTrailer, ((int)reason).ToString(System.Globalization.CultureInfo.InvariantCulture) } });

    private static StatusCode StatusOf(RefusalReason reason) => reason switch
    {
        RefusalReason.NotSignedIn => StatusCode.Unauthenticated,
        RefusalReason.NotAllowed or RefusalReason.NotYours or RefusalReason.NotEnrolled => StatusCode.PermissionDenied,
        RefusalReason.NotFound or RefusalReason.UnknownReference or RefusalReason.RecordMissing => StatusCode.NotFound,
        RefusalReason.AlreadyRecorded or RefusalReason.Conflict => StatusCode.AlreadyExists,
        RefusalReason.Overloaded => StatusCode.ResourceExhausted,
        RefusalReason.Unavailable or RefusalReason.StorageFailed => StatusCode.Unavailable,
        RefusalReason.Deadline => StatusCode.DeadlineExceeded,
        RefusalReason.Cancelled => StatusCode.Cancelled,
        RefusalReason.Internal => StatusCode.Internal,
        RefusalReason.Malformed or RefusalReason.TooLarge or RefusalReason.UnknownVersion => StatusCode.InvalidArgument,
        _ => StatusCode.FailedPrecondition,
    };
}
