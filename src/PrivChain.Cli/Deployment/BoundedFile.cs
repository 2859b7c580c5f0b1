using PrivChain.Core.Refusals;

namespace PrivChain.Cli.Deployment;

/// <summary>Reads files that somebody named, with a bound that holds for whatever the name leads to: a device or a pipe says that it has no bytes, and gives them without end.</summary>
internal static class BoundedFile
{
    /// <exception cref="RefusalException">There is no such file (<see cref="RefusalReason.NotFound"/>), or it is longer (<see cref="RefusalReason.TooLarge"/>).</exception>
    public static byte[] Read(string path, long limit)
    {
        var file = new FileInfo(path);
        if (!file.Exists)
        {
            throw new RefusalException(new Refusal(RefusalReason.NotFound, $"no file {path}"));
        }

        if (file.Length <= limit)
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            using var content = new MemoryStream((int)file.Length);
            var buffer = new byte[Math.Min(limit, 64 * 1024) + 1];
            int read;
            while (content.Length <= limit && (read = stream.Read(buffer)) > 0)
            {
                content.Write(buffer, 0, read);
            }

            if (content.Length <= limit)
            {
                return content.ToArray();
            }
        }

        throw new RefusalException(new Refusal(RefusalReason.TooLarge, $"{path}: at most {limit} bytes are read"));
    }
}
