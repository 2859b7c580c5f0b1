using System.Net;

namespace PrivChain.EndToEnd.Tests;

/// <summary>Stands where the operator stands, who ends the connection: keeps every byte of every request and response of the parties that it serves, headers and trailers included.</summary>
internal sealed class WireTap : DelegatingHandler
{
    private readonly Lock _gate = new();
    private readonly List<MemoryStream> _flows = [];

    public WireTap()
        : base(new SocketsHttpHandler { EnableMultipleHttp2Connections = true })
    {
    }

    /// <summary>Each direction of each call in its own piece, so that one call's bytes lie together.</summary>
    public IReadOnlyList<byte[]> Flows()
    {
        lock (_gate)
        {
            return [.. _flows.Select(flow => flow.ToArray())];
        }
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var sent = Begin($"{request.Method} {request.RequestUri}\n{request.Headers}");
        if (request.Content is { } content)
        {
            request.Content = new TappedContent(content, this, sent);
        }

        var response = await base.SendAsync(request, cancellationToken);
        var received = Begin(response.Headers.ToString());
        var tapped = new StreamContent(new TappedStream(await response.Content.ReadAsStreamAsync(cancellationToken), this, received));
        foreach (var header in response.Content.Headers)
        {
            tapped.Headers.TryAddWithoutValidation(header.Key, header.Value);
        }

        response.Content = tapped;
        return response;
    }

    private MemoryStream Begin(string head)
    {
        var flow = new MemoryStream();
        flow.Write(System.Text.Encoding.UTF8.GetBytes(head));
        lock (_gate)
        {
            _flows.Add(flow);
        }

        return flow;
    }

    private void Keep(MemoryStream flow, ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            flow.Write(bytes);
        }
    }

    private sealed class TappedContent : HttpContent
    {
        private readonly HttpContent _content;
        private readonly WireTap _tap;
        private readonly MemoryStream _flow;

        public TappedContent(HttpContent content, WireTap tap, MemoryStream flow)
        {
            (_content, _tap, _flow) = (content, tap, flow);
            foreach (var header in content.Headers)
            {
                Headers.TryAddWithoutValidation(header.Key, header.Value);
            }
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => _content.CopyToAsync(new TappedStream(stream, _tap, _flow), context);

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                _content.Dispose();
            }

            base.Dispose(disposing);
        }
    }

    private sealed class TappedStream(Stream inner, WireTap tap, MemoryStream flow) : Stream
    {
        public override bool CanRead => inner.CanRead;

        public override bool CanSeek => false;

        public override bool CanWrite => inner.CanWrite;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Flush() => inner.Flush();

        public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = inner.Read(buffer, offset, count);
            tap.Keep(flow, buffer.AsSpan(offset, read));
            return read;
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await inner.ReadAsync(buffer, cancellationToken);
            tap.Keep(flow, buffer.Span[..read]);
            return read;
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count)
        {
            tap.Keep(flow, buffer.AsSpan(offset, count));
            inner.Write(buffer, offset, count);
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            tap.Keep(flow, buffer.Span);
            return inner.WriteAsync(buffer, cancellationToken);
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                inner.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
