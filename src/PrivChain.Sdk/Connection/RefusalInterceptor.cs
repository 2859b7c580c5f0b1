using Grpc.Core;
using Grpc.Core.Interceptors;
using PrivChain.Core.Refusals;

namespace PrivChain.Sdk.Connection;

/// <summary>Gives every call a deadline, and turns what a node refuses into a <see cref="RefusalException"/>: trailer first, status code otherwise.</summary>
internal sealed class RefusalInterceptor(TimeProvider time, TimeSpan deadline, TimeSpan streamDeadline) : Interceptor
{
    /// <summary>Trailer with the number of the <see cref="RefusalReason"/>.</summary>
    public const string ReasonTrailer = "privchain-reason";

    /// <summary>Told when the node does not know who calls.</summary>
    public Action? NotSignedIn { get; set; }

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        TRequest request, ClientInterceptorContext<TRequest, TResponse> context, AsyncUnaryCallContinuation<TRequest, TResponse> continuation)
    {
        var call = continuation(request, WithDeadline(context, deadline));
        return new AsyncUnaryCall<TResponse>(MapAsync(call.ResponseAsync), call.ResponseHeadersAsync, call.GetStatus, call.GetTrailers, call.Dispose);
    }

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
        TRequest request, ClientInterceptorContext<TRequest, TResponse> context, AsyncServerStreamingCallContinuation<TRequest, TResponse> continuation)
    {
        var call = continuation(request, WithDeadline(context, streamDeadline));
        return new AsyncServerStreamingCall<TResponse>(
            new Reader<TResponse>(this, call.ResponseStream), call.ResponseHeadersAsync, call.GetStatus, call.GetTrailers, call.Dispose);
    }

    public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
        ClientInterceptorContext<TRequest, TResponse> context, AsyncDuplexStreamingCallContinuation<TRequest, TResponse> continuation)
    {
        var call = continuation(WithDeadline(context, streamDeadline));
        return new AsyncDuplexStreamingCall<TRequest, TResponse>(
            call.RequestStream, new Reader<TResponse>(this, call.ResponseStream), call.ResponseHeadersAsync, call.GetStatus, call.GetTrailers, call.Dispose);
    }

    /// <summary>The refusal behind a failed call.</summary>
    public static RefusalException Map(RpcException exception)
    {
        var trailer = exception.Trailers.GetValue(ReasonTrailer);
        if (int.TryParse(trailer, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number)
            && Enum.IsDefined((RefusalReason)number) && number != 0)
        {
            return new RefusalException(new Refusal((RefusalReason)number, "refused by the node"));
        }

        var reason = exception.StatusCode switch
        {
            StatusCode.DeadlineExceeded => RefusalReason.Deadline,
            StatusCode.Cancelled => RefusalReason.Cancelled,
            StatusCode.NotFound => RefusalReason.NotFound,
            StatusCode.Unauthenticated => RefusalReason.NotSignedIn,
            StatusCode.PermissionDenied => RefusalReason.NotAllowed,
            StatusCode.ResourceExhausted => RefusalReason.Overloaded,
            StatusCode.InvalidArgument => RefusalReason.Malformed,
            StatusCode.AlreadyExists => RefusalReason.AlreadyRecorded,
            StatusCode.OutOfRange => RefusalReason.TooLarge,
            _ => RefusalReason.Unavailable,
        };
        return new RefusalException(new Refusal(reason, $"the node answered {exception.StatusCode}"));
    }

    private ClientInterceptorContext<TRequest, TResponse> WithDeadline<TRequest, TResponse>(ClientInterceptorContext<TRequest, TResponse> context, TimeSpan limit)
        where TRequest : class
        where TResponse : class =>
        context.Options.Deadline is null
            ? new(context.Method, context.Host, context.Options.WithDeadline(time.GetUtcNow().UtcDateTime + limit))
            : context;

    private async Task<T> MapAsync<T>(Task<T> response)
    {
        try
        {
            return await response.ConfigureAwait(false);
        }
        catch (RpcException exception)
        {
            var refused = Map(exception);
            if (refused.Reason == RefusalReason.NotSignedIn)
            {
                NotSignedIn?.Invoke();
            }

            throw refused;
        }
    }

    private sealed class Reader<T>(RefusalInterceptor owner, IAsyncStreamReader<T> inner) : IAsyncStreamReader<T>
    {
        public T Current => inner.Current;

        public Task<bool> MoveNext(CancellationToken cancellationToken) => owner.MapAsync(inner.MoveNext(cancellationToken));
    }
}
