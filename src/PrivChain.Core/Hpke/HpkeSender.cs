namespace PrivChain.Core.Hpke;

/// <summary>The sending side of a session. Nonces count up from the session's own base and are handed out atomically, so none repeats.</summary>
public sealed class HpkeSender : IDisposable
{
    private readonly HpkeContext _context;
    private ulong _next;

    internal HpkeSender(HpkeContext context, ulong first = 0)
    {
        _context = context;
        _next = first;
    }

    /// <summary>Messages one session carries, 2^32.</summary>
    public static ulong MessageLimit => HpkeContext.MessageLimit;

    /// <summary>The number the next message gets: how many were sealed so far.</summary>
    public ulong Sequence => Interlocked.Read(ref _next);

    /// <summary>Ciphertext and tag of the next message.</summary>
    /// <exception cref="InvalidOperationException">The session has carried <see cref="MessageLimit"/> messages.</exception>
    public byte[] Seal(ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> plaintext)
    {
        // Checked before and after taking a number, so that the counter stays at the limit and never wraps.
        if (Sequence >= MessageLimit)
        {
            throw new InvalidOperationException($"the session has carried {MessageLimit} messages; set up a new one");
        }

        var sequence = Interlocked.Increment(ref _next) - 1;
        return sequence < MessageLimit
            ? _context.SealAt(sequence, associatedData, plaintext)
            : throw new InvalidOperationException($"the session has carried {MessageLimit} messages; set up a new one");
    }

    /// <summary>Fills <paramref name="secret"/> with bytes both sides can derive and nobody else.</summary>
    /// <param name="context">What the secret is for.</param>
    /// <param name="secret">At most 8160 bytes.</param>
    public void Export(ReadOnlySpan<byte> context, Span<byte> secret) => _context.Export(context, secret);

    /// <summary>Wipes the session's keys.</summary>
    public void Dispose() => _context.Dispose();
}
