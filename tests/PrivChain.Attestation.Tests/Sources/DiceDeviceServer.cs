using System.Net.Sockets;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Sources.Dice;
using PrivChain.Attestation.Tests.Dice;

namespace PrivChain.Attestation.Tests.Sources;

/// <summary>A DICE device in software behind a Unix socket.</summary>
internal sealed class DiceDeviceServer : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dice-");
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _serving;

    /// <param name="device">The device.</param>
    /// <param name="seal">Its sealing secret, or null for a device that has none.</param>
    /// <param name="answer">Changes an answer before it is sent, or null.</param>
    public DiceDeviceServer(SoftwareDevice device, byte[]? seal = null, Func<byte[], byte[]>? answer = null)
    {
        Path = System.IO.Path.Combine(_folder.FullName, "device");
        _listener.Bind(new UnixDomainSocketEndPoint(Path));
        _listener.Listen();
        _serving = ServeAsync(device, seal, answer ?? (message => message));
    }

    public string Path { get; }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Dispose();
        await _serving;
        _stopping.Dispose();
        _folder.Delete(recursive: true);
    }

    private async Task ServeAsync(SoftwareDevice device, byte[]? seal, Func<byte[], byte[]> change)
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                using var socket = await _listener.AcceptAsync(_stopping.Token);
                await using var stream = new NetworkStream(socket);
                var (operation, bytes) = await DiceMessage.ReadAsync(stream, DiceMessage.Request.ToArray(), 64, _stopping.Token);
                byte[] answer = operation == DiceMessage.Attest ? Evidence(device, bytes).ToArray() : seal ?? [];
                using var message = new MemoryStream();
                await DiceMessage.WriteAsync(message, DiceMessage.Answer.ToArray(), operation == DiceMessage.Attest || seal is not null ? DiceMessage.Answered : DiceMessage.NotSupported, answer, _stopping.Token);
                await stream.WriteAsync(change(message.ToArray()), _stopping.Token);
            }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException or IOException)
            {
                // The other side left, or the test is over.
                continue;
            }
        }
    }

    // A real device hands out its root, too, so that members who know it by fingerprint can find it.
    private static EvidenceParts Evidence(SoftwareDevice device, byte[] reportData)
    {
        var parts = device.Evidence(reportData);
        return new EvidenceParts(parts.Names.Select(name => KeyValuePair.Create(name, name == EvidenceParts.Main ? (byte[])[.. device.Chain, .. device.Root] : parts.TryGet(name, out var bytes) ? bytes : default)));
    }
}
