using System.Diagnostics.CodeAnalysis;

namespace PrivChain.Core.Hpke;

/// <summary>The receiving side of a session. Not for use by several threads at once.</summary>
public sealed class HpkeReceiver : IDisposable
{
    private readonly HpkeContext _context;

    internal HpkeReceiver(HpkeContext context, ulong first = 0)
    {
        _context = context;
        Sequence = first;
    }

    /// <summary>The number of the message that <see cref="TryOpen"/> expects next.</summary>
    public ulong Sequence { get; private set; }

    /// <summary>Opens the next message. The sequence advances on success only, so a forged message does not break the session.</summary>
    public bool TryOpen(ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> sealedBytes, [NotNullWhen(true)] out byte[]? plaintext)
    {
        if (!_context.TryOpenAt(Sequence, associatedData, sealedBytes, out plaintext))
        {
            return false;
        }

        Sequence++;
        return true;
    }

    /// <summary>Opens the message with this number, for messages that were stored or arrive out of order; <see cref="Sequence"/> stays as it is. The
    /// caller refuses replays: the same message opens as often as it is given.</summary>
    public bool TryOpenAt(
        ulong sequence,
        ReadOnlySpan<byte> associatedData,
        ReadOnlySpan<byte> sealedBytes,
        [NotNullWhen(true)] out byte[]? plaintext) => _context.TryOpenAt(sequence, associatedData, sealedBytes, out plaintext);

    /// <summary>Fills <paramref name="secret"/> with bytes both sides can derive and nobody else.</summary>
    /// <param name="context">What the secret is for.</param>
    /// <param name="secret">At most 8160 bytes.</param>
    public void Export(ReadOnlySpan<byte> context, Span<byte> secret) => _context.Export(context, secret);

    /// <summary>Wipes the session's keys.</summary>
    public void Dispose() => _context.Dispose();
}
