namespace PrivChain.Attestation.Sources;

/// <summary>
/// Attributes of the kernel and of Gramine. Their size is not known before they are read (a text attribute says 4096 and has less), and a value must arrive in one write.
/// </summary>
internal static class DeviceFile
{
    /// <summary>Reads to the end, at most a limit.</summary>
    /// <exception cref="InvalidDataException">More than the limit.</exception>
    public static byte[] Read(string path, int limit)
    {
        using var file = new FileStream(path, new FileStreamOptions { Mode = FileMode.Open, Access = FileAccess.Read, Share = FileShare.ReadWrite, BufferSize = 0 });
        using var bytes = new MemoryStream();
        var buffer = new byte[4096];
        for (var read = file.Read(buffer); read > 0; read = file.Read(buffer))
        {
            if (bytes.Length + read > limit)
            {
                throw new InvalidDataException($"{path} has more than {limit} bytes");
            }

            bytes.Write(buffer, 0, read);
        }

        return bytes.ToArray();
    }

    /// <summary>One write of all bytes, unbuffered.</summary>
    public static void Write(string path, ReadOnlySpan<byte> bytes)
    {
        using var file = new FileStream(path, new FileStreamOptions { Mode = FileMode.Open, Access = FileAccess.Write, Share = FileShare.ReadWrite, BufferSize = 0 });
        file.Write(bytes);
    }
}
