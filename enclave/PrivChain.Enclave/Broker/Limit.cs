namespace PrivChain.Enclave.Broker;

/// <summary>A caller's cancellation or the end of our patience, whichever is first.</summary>
internal sealed class Limit : IDisposable
{
    private readonly CancellationTokenSource _patience;
    private readonly CancellationTokenSource _either;

    public Limit(TimeSpan patience, TimeProvider time, CancellationToken cancellation)
    {
        _patience = new CancellationTokenSource(patience, time);
        _either = CancellationTokenSource.CreateLinkedTokenSource(_patience.Token, cancellation);
    }

    /// <summary>Cancelled by either.</summary>
    public CancellationToken Token => _either.Token;

    /// <inheritdoc/>
    public void Dispose()
    {
        _either.Dispose();
        _patience.Dispose();
    }
}
