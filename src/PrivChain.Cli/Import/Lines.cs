using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace PrivChain.Cli.Import;

/// <summary>Reads a file line by line as bytes, with a bound: a line that is too long comes as null, and memory does not grow with it.</summary>
internal static class Lines
{
    /// <summary>Longest line in bytes.</summary>
    public const int MaxLength = 1024 * 1024;

    public static async IAsyncEnumerable<byte[]?> ReadAsync(string path, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await using var stream = File.OpenRead(path);
        var reader = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 64 * 1024));
        var skipping = false;
        while (true)
        {
            var result = await reader.ReadAsync(cancellation).ConfigureAwait(false);
            var buffer = result.Buffer;
            while (buffer.PositionOf((byte)'\n') is { } end)
            {
                var line = buffer.Slice(0, end);
                yield return skipping || line.Length > MaxLength ? null : Trim(line.ToArray());
                skipping = false;
                buffer = buffer.Slice(buffer.GetPosition(1, end));
            }

            if (buffer.Length > MaxLength)
            {
                skipping = true;
                buffer = buffer.Slice(buffer.End);
            }

            if (result.IsCompleted)
            {
                if (skipping || buffer.Length > 0)
                {
                    yield return skipping ? null : Trim(buffer.ToArray());
                }

                break;
            }

            reader.AdvanceTo(buffer.Start, buffer.End);
        }

        await reader.CompleteAsync().ConfigureAwait(false);
    }

    // A carriage return before the line feed, and the byte order mark of a first line, are no part of the line.
    private static byte[] Trim(byte[] line)
    {
        var start = line.AsSpan().StartsWith("\uFEFF"u8) ? 3 : 0;
        var end = line.Length > start && line[^1] == '\r' ? line.Length - 1 : line.Length;
        return start == 0 && end == line.Length ? line : line[start..end];
    }
}
