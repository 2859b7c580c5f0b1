namespace PrivChain.Attestation.Sources.Tsm;

/// <summary>Linux 6.7 and later: <c>Documentation/ABI/testing/configfs-tsm-report</c>.</summary>
internal sealed class KernelTsmFolder(string path = KernelTsmFolder.DefaultPath) : ITsmFolder
{
    public const string DefaultPath = "/sys/kernel/config/tsm/report";

    public bool Exists => Directory.Exists(path);

    // The owner alone: whoever can write into a request decides what it binds.
    public void Make(string request) => Directory.CreateDirectory(Path.Combine(path, request), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

    public void Write(string request, string attribute, ReadOnlySpan<byte> value) => DeviceFile.Write(Path.Combine(path, request, attribute), value);

    public byte[]? Read(string request, string attribute, int limit)
    {
        var file = Path.Combine(path, request, attribute);
        return File.Exists(file) ? DeviceFile.Read(file, limit) : null;
    }

    // rmdir(2): configfs takes the attributes along.
    public void Remove(string request) => Directory.Delete(Path.Combine(path, request), recursive: false);
}
