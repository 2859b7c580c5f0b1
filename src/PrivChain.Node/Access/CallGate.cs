using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Google.Protobuf;
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
internal sealed class CallGate(Authorisation authorisation, SignInBook signIns, NodeLimits limits, CallLimits sizes, TokenBuckets rates, ILogger<CallGate> logger, NodeMetrics metrics, RefusalCounts refusals)
    : Interceptor
{
    /// <summary>Name of the trailer with the reason's number.</summary>
    public const string ReasonTrailer = "privchain-reason";

    internal const string CallerKey = "privchain-caller";
    private const string SignerKey = "privchain-signer";

    /// <summary>The signed-in caller of a call that has passed.</summary>
    public static AccountAddress? CallerOf(ServerCallContext context) => context.UserState.TryGetValue(CallerKey, out var caller) ? (AccountAddress)caller : null;

    /// <summary>Says who signed what this call brings, for calls that need no sign-in.</summary>
    public static void NameSigner(ServerCallContext context, AccountAddress signer) => context.UserState[SignerKey] = signer;

    public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation) =>
        PassAsync(context, streams: false, () => (request as IMessage)?.CalculateSize() > sizes.Of(context.Method)
            ? throw new RefusalException(new Refusal(RefusalReason.TooLarge, string.Empty))
            : continuation(request, context));

    // There is no such method; one that is added must be thought about here first.
    public override Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, ServerCallContext context, ClientStreamingServerMethod<TRequest, TResponse> continuation) =>
        throw Refused(RefusalReason.NotAllowed);

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

    /// <summary>Reads <c>Bearer token</c>.</summary>
    public static bool TryToken(string? header, [NotNullWhen(true)] out string? token)
    {
        const string Scheme = "Bearer ";
        token = header is not null && header.StartsWith(Scheme, StringComparison.Ordinal) ? header[Scheme.Length..] : null;
        return token is not null;
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
            throw Refused(Count(reason = exception.Reason));
        }
        catch (OperationCanceledException)
        {
            reason = EndOf(context);
            throw Refused(reason);
        }
        catch (Exception exception) when (exception is IOException or InvalidOperationException && context.CancellationToken.IsCancellationRequested)
        {
            // Writing to a caller who has gone fails in whatever way the connection ended.
            reason = EndOf(context);
            throw Refused(reason);
        }
        catch (SqliteException exception)
        {
            Log.Failed(logger, context.Method, $"{nameof(SqliteException)} {exception.SqliteErrorCode}");
            throw Refused(Count(reason = RefusalReason.StorageFailed));
        }
        catch (Exception exception)
        {
            Log.Failed(logger, context.Method, exception.GetType().Name);
            throw Refused(Count(reason = RefusalReason.Internal));
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

        // A call that ended with its deadline or its caller was not refused.
        RefusalReason Count(RefusalReason refused)
        {
            refusals.Add(context.Method, refused, CallerOf(context) ?? (context.UserState.TryGetValue(SignerKey, out var signer) ? (AccountAddress)signer : null));
            return refused;
        }
    }

    private void Admit(ServerCallContext context, bool streams)
    {
        // A call without an end holds its resources for ever.
        var left = context.Deadline - TimeProvider.System.GetUtcNow().UtcDateTime;
        var limit = streams ? limits.StreamDeadline : limits.Deadline;
        if (context.Deadline == DateTime.MaxValue || left > limit + TimeSpan.FromSeconds(1))
        {
            throw new RefusalException(new Refusal(RefusalReason.Deadline, string.Empty));
        }

        AccountAddress? caller = null;
        if (HeadersOf(context).GetValue("authorization") is { } header)
        {
            caller = TryToken(header, out var token) ? signIns.Caller(token) : null;
            if (caller is null)
            {
                throw new RefusalException(new Refusal(RefusalReason.NotSignedIn, string.Empty));
            }

            context.UserState[CallerKey] = caller.Value;
        }

        if (!MayCall(context, caller))
        {
            throw new RefusalException(new Refusal(RefusalReason.Overloaded, string.Empty));
        }

        if (authorisation.Authorise(context.Method, caller) is { } refusal)
        {
            throw new RefusalException(refusal);
        }
    }

    // Read here for the first time, and binary ones are decoded then.
    private static Metadata HeadersOf(ServerCallContext context)
    {
        try
        {
            return context.RequestHeaders;
        }
        catch (FormatException)
        {
            throw new RefusalException(new Refusal(RefusalReason.Malformed, string.Empty));
        }
    }

    // A stranger has the rate of its connection; an account has its own, whatever connection it comes by.
    private bool MayCall(ServerCallContext context, AccountAddress? caller)
    {
        var trusted = caller is { } account && authorisation.IsTrusted(account);
        return rates.TryTake(caller?.ToString() ?? context.Peer, trusted ? limits.TrustedFactor : 1);
    }

    // gRPC turns the caller's timeout into a time of the system's clock, whatever clock the node runs on.
    private static RefusalReason EndOf(ServerCallContext context) =>
        context.Deadline <= TimeProvider.System.GetUtcNow().UtcDateTime ? RefusalReason.Deadline : RefusalReason.Cancelled;

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
