using System.Net;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace PrivChain.Attestation.Collateral.Http;

/// <summary>
/// Asks one pinned service: bounded in size and time, redirects refused, a few retries. Every failure is an <see cref="HttpRequestException"/>; only 404 is an answer, "we have none".
/// </summary>
internal sealed class VendorHttp : IDisposable
{
    private readonly HttpClient _client;
    private readonly Uri _service;
    private readonly CollateralHttpOptions _options;
    private readonly ResiliencePipeline _pipeline;

    /// <param name="service">The service's address, with a path if it lies below one.</param>
    /// <param name="options">Limits.</param>
    /// <exception cref="ArgumentException">Not an http or https address, or one with a query.</exception>
    public VendorHttp(Uri service, CollateralHttpOptions options)
    {
        if (!service.IsAbsoluteUri || (service.Scheme != Uri.UriSchemeHttps && service.Scheme != Uri.UriSchemeHttp) || service.Query.Length > 0 || service.Fragment.Length > 0 || service.UserInfo.Length > 0)
        {
            throw new ArgumentException("wanted an address such as https://host:8081", nameof(service));
        }

        _service = service;
        _options = options;
        _client = new HttpClient(options.Handler ?? MakeHandler(), disposeHandler: options.Handler is null)
        {
            // Each attempt has its own limit, below.
            Timeout = System.Threading.Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = options.MaxSize,
        };
        _pipeline = new ResiliencePipelineBuilder { TimeProvider = options.Time }
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = new PredicateBuilder().Handle<HttpRequestException>(IsTransient).Handle<TimeoutRejectedException>(),
                MaxRetryAttempts = options.Retries,
                Delay = options.Pause,
                MaxDelay = options.MaxPause,
                BackoffType = DelayBackoffType.Exponential,
                DelayGenerator = arguments => ValueTask.FromResult(Pause(arguments.Outcome.Exception)),
            })
            .AddTimeout(new TimeoutStrategyOptions { Timeout = options.Timeout })
            .Build();
    }

    /// <summary>Gets what lies at a path of the service, or null when it says 404.</summary>
    /// <param name="path">Path and query, made of values that were checked.</param>
    /// <param name="cancellation">Ends the attempts.</param>
    /// <param name="headers">Headers of the request.</param>
    /// <exception cref="HttpRequestException">No usable answer.</exception>
    public async Task<VendorAnswer?> GetAsync(string path, CancellationToken cancellation, params (string Name, string Value)[] headers)
    {
        var address = new Uri(_service.GetLeftPart(UriPartial.Path).TrimEnd('/') + path);
        try
        {
            return await _pipeline.ExecuteAsync(async limited => await AskAsync(address, headers, limited).ConfigureAwait(false), cancellation).ConfigureAwait(false);
        }
        catch (TimeoutRejectedException exception)
        {
            throw new HttpRequestException(HttpRequestError.ConnectionError, $"{address}: no answer within {_options.Timeout.TotalSeconds:0.###} s", exception);
        }
        catch (HttpIOException exception)
        {
            throw new HttpRequestException(exception.HttpRequestError, $"{address}: {exception.Message}", exception);
        }
    }

    /// <summary>An answer of another form than the one asked for.</summary>
    public HttpRequestException Unexpected(string what) => new(HttpRequestError.InvalidResponse, $"{_service.Host}: {what}");

    public void Dispose() => _client.Dispose();

    private async ValueTask<VendorAnswer?> AskAsync(Uri address, (string Name, string Value)[] headers, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
        // Also when a handler of the caller's went elsewhere without telling.
        if ((int)response.StatusCode is >= 300 and < 400 || response.RequestMessage?.RequestUri != address)
        {
            throw new HttpRequestException(HttpRequestError.InvalidResponse, $"{address}: redirects are not followed", null, response.StatusCode);
        }

        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }

        if (response.StatusCode != HttpStatusCode.OK)
        {
            throw new RefusedByServiceException(address, response.StatusCode, response.Headers.RetryAfter?.Delta);
        }

        // A longer answer than MaxResponseContentBufferSize fails here, by its stated length or while it arrives.
        await response.Content.LoadIntoBufferAsync(_options.MaxSize, cancellation).ConfigureAwait(false);
        var body = await response.Content.ReadAsByteArrayAsync(cancellation).ConfigureAwait(false);
        var received = response.Headers.Where(header => header.Value.Take(2).Count() == 1).ToDictionary(header => header.Key, header => header.Value.Single(), StringComparer.OrdinalIgnoreCase);
        return new VendorAnswer(body, received);
    }

    private static bool IsTransient(HttpRequestException exception) => exception.StatusCode is { } status
        ? status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests || (int)status >= 500
        : exception.HttpRequestError is not (HttpRequestError.InvalidResponse or HttpRequestError.ConfigurationLimitExceeded or HttpRequestError.SecureConnectionError);

    // Null leaves the pause to the strategy.
    private TimeSpan? Pause(Exception? failure) =>
        failure is RefusedByServiceException { RetryAfter: { } wanted } ? TimeSpan.FromTicks(Math.Clamp(wanted.Ticks, 0, _options.MaxPause.Ticks)) : null;

    private static SocketsHttpHandler MakeHandler() => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.None,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    };

    private sealed class RefusedByServiceException(Uri address, HttpStatusCode status, TimeSpan? retryAfter)
        : HttpRequestException(HttpRequestError.Unknown, $"{address}: status {(int)status}", null, status)
    {
        public TimeSpan? RetryAfter => retryAfter;
    }
}
