using System.Globalization;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using PrivChain.Core.Bytes;
using PrivChain.Core.Refusals;
using PrivChain.Node.Observability;

namespace PrivChain.Node.Access;

/// <summary>
/// What gRPC does before any interceptor: it reads the whole message. So the size that a call may have is set here, by method and by whether the caller has signed in, and a status that gRPC
/// answers with by itself gets its reason.
/// </summary>
internal sealed class CallLimits(NodeLimits limits, SignInBook signIns, RefusalCounts refusals)
{
    // Message prefix of gRPC, and the framing of gRPC-Web.
    private const int Framing = 64;

    // As much as the largest message of any method.
    private const int MaxDropped = 16 * 1024 * 1024;

    /// <summary>Largest message of a method.</summary>
    public int Of(string method) => method switch
    {
        "/privchain.v1.Ledger/AppendBatch" => limits.BatchMessage,
        "/privchain.v1.Vault/PutRecords" => 16 * limits.BatchMessage,
        "/privchain.v1.Vault/PutConsent" => 5 * limits.BatchMessage,
        "/privchain.v1.Inbox/Send" => 5 * limits.BatchMessage,
        "/privchain.v1.Vault/PutAuditCopies" or "/privchain.v1.Refusals/PutTallies" => limits.BatchMessage,
        _ => limits.Message,
    };

    public async Task InvokeAsync(HttpContext http, RequestDelegate next)
    {
        LimitedBody? limited = null;

        // Streaming methods lift this again: their messages have the limit one by one.
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } body)
        {
            var method = http.Request.Path.Value ?? string.Empty;
            var known = AccessTable.Rules.TryGetValue(method, out var rule) && (rule == AccessRule.Anyone || CallerOf(http) is not null);
            var limit = (known ? Of(method) : limits.Message) + Framing;
            body.MaxRequestBodySize = limit;
            if (!HttpProtocol.IsHttp2(http.Request.Protocol))
            {
                // A server that stops reading cuts an HTTP/1.1 connection, and the client may lose the answer with it. So the rest is read and dropped, up to a size, after the call was refused.
                body.MaxRequestBodySize = MaxDropped;
                http.Request.Body = limited = new LimitedBody(http.Request.Body, limit);
            }
        }

        await next(http);
        AddReason(http);
        if (limited is not null)
        {
            await limited.DropRestAsync(http.RequestAborted);
        }
    }

    private AccountAddress? CallerOf(HttpContext http) => CallGate.TryToken(http.Request.Headers.Authorization, out var token) ? signIns.Caller(token) : null;

    private void AddReason(HttpContext http)
    {
        var trailers = http.Features.Get<IHttpResponseTrailersFeature>()?.Trailers;
        var place = trailers is not null && trailers.ContainsKey("grpc-status") ? trailers : http.Response.HasStarted ? null : http.Response.Headers;
        if (place is { IsReadOnly: false } && int.TryParse(place["grpc-status"], NumberStyles.None, CultureInfo.InvariantCulture, out var status)
            && status != (int)StatusCode.OK && !place.ContainsKey(CallGate.ReasonTrailer))
        {
            // Every exception of ours has become a status with a reason before. Unknown is how gRPC says that the server refused to read on, Internal that a message is none.
            var reason = ReasonOf((StatusCode)status);
            if (status is (int)StatusCode.Unknown or (int)StatusCode.Internal)
            {
                var named = status == (int)StatusCode.Unknown ? StatusCode.ResourceExhausted : StatusCode.InvalidArgument;
                place["grpc-status"] = ((int)named).ToString(CultureInfo.InvariantCulture);
            }

            // A deadline that passed and a caller who left are ends, not refusals.
            if (reason is not (RefusalReason.Deadline or RefusalReason.Cancelled))
            {
                refusals.Add(http.Request.Path.Value ?? string.Empty, reason, CallerOf(http));
            }

            place["grpc-message"] = reason.ToString();
            place[CallGate.ReasonTrailer] = ((int)reason).ToString(CultureInfo.InvariantCulture);
        }
    }

    private static RefusalReason ReasonOf(StatusCode status) => status switch
    {
        StatusCode.ResourceExhausted or StatusCode.Unknown => RefusalReason.TooLarge,
        StatusCode.DeadlineExceeded => RefusalReason.Deadline,
        StatusCode.Cancelled => RefusalReason.Cancelled,
        StatusCode.Unimplemented => RefusalReason.NotFound,
        StatusCode.InvalidArgument or StatusCode.Internal => RefusalReason.Malformed,
        _ => RefusalReason.Internal,
    };
}
