using System.Security.Cryptography;
using System.Text;
using PrivChain.Core.Bytes;
using PrivChain.Core.Refusals;

namespace PrivChain.Node.Storage;

/// <summary>A secret of 32 bytes on one line, <c>0x</c> and 64 hex digits, that no passphrase protects: whoever reads the file signs in its owner's place. So it is used only where its owner alone can read it.</summary>
public static class SeedFile
{
    /// <summary>Bytes of a seed.</summary>
    public const int Size = 32;

    private const int MaxSize = 1024;
    private const UnixFileMode Others = ~(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

    /// <summary>Reads the seed. The caller wipes it.</summary>
    /// <exception cref="RefusalException"><see cref="RefusalReason.BadSettings"/>: there is no such file, it cannot be read, others may read it, or it does not hold a seed.</exception>
    public static byte[] Read(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (Exposure(path) is { } exposure)
        {
            throw Bad(exposure);
        }

        byte[] text = [];
        var seed = new byte[Size];
        try
        {
            // A device or a pipe says that it has no bytes, and gives them without end.
            text = new FileInfo(path) is { Exists: true, Length: > 0 and <= MaxSize } ? File.ReadAllBytes(path) : throw Bad($"{path}: wanted a file with 0x and {2 * Size} hex digits");
            return Hex.TryDecode(Encoding.UTF8.GetString(text).TrimEnd('\r', '\n'), seed) ? seed : throw Bad($"{path}: wanted 0x and {2 * Size} hex digits on one line");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw Bad($"cannot read {path}");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(text);
        }
    }

    /// <summary>What is wrong with who may read or change a file with a secret, and what to do; null when its owner alone may, or there is no such file.</summary>
    public static string? Exposure(string path) =>
        !OperatingSystem.IsWindows() && File.Exists(path) && (File.GetUnixFileMode(path) & Others) is var open and not 0
            ? $"{path} is open to others than its owner ({open}): chmod 600 {path}"
            : null;

    private static RefusalException Bad(string detail) => new(new Refusal(RefusalReason.BadSettings, detail));
}
