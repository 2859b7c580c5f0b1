using System.Net.Sockets;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Roots;

namespace PrivChain.Attestation.Sources.Dice;

/// <summary>Evidence of a DICE device, such as an FPGA's root of trust, over its channel (<see cref="DiceMessage"/>). The device must be one of the members': a chain to another root is refused before anything is served.</summary>
public sealed class DiceSource : HardwareSource
{
    private const int MaxAnswer = 256 * 1024;
    private const string ReportDataPart = "report-data";
    private const string DeviceFolder = "/dev/";
    private static readonly TimeSpan _deadline = TimeSpan.FromSeconds(10);
    private static readonly byte[] _request = DiceMessage.Request.ToArray();
    private static readonly byte[] _answer = DiceMessage.Answer.ToArray();

    private readonly string _path;
    private readonly TimeProvider _time;

    private DiceSource(string path, TimeProvider time)
    {
        _path = path;
        _time = time;
    }

    /// <inheritdoc/>
    public override string Kind => EvidenceKind.FpgaDice;

    /// <inheritdoc/>
    public override string Origin => "DICE device at " + _path;

    /// <summary>Connects once, verifies the device's chain under the members' roots, and takes its measurement.</summary>
    /// <param name="path">A character device below <c>/dev</c>, or the path of a Unix socket.</param>
    /// <param name="roots">The members' roots.</param>
    /// <param name="time">The clock for certificates and deadlines.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="EvidenceSourceException">No such device, or one of another root.</exception>
    public static async ValueTask<DiceSource> OpenAsync(string path, RootSet roots, TimeProvider time, CancellationToken cancellation)
    {
        var source = new DiceSource(path, time);
        var parts = await source.GetPartsAsync(new byte[Claims.EnclaveClaims.ReportDataSize], cancellation).ConfigureAwait(false);
        var received = ReceivedEvidence.Parse(EvidenceKind.FpgaDice, parts);
        if (!received.Accepted)
        {
            throw source.Fault(EvidenceSourceFault.BadAnswer, received.Fault.ToString());
        }

        var authentic = AuthenticEvidence.Authenticate(received.Value, new AuthenticationContext(roots, time.GetUtcNow()));
        if (!authentic.Accepted)
        {
            throw source.Fault(EvidenceSourceFault.BadAnswer, authentic.Fault.ToString());
        }

        source.Measurement = authentic.Value.Claims.Measurement;
        return source;
    }

    /// <inheritdoc/>
    public override byte[] DeriveSealingKey()
    {
        var secret = ExchangeAsync(DiceMessage.Seal, ReadOnlyMemory<byte>.Empty, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        return secret.Length == SealingKey.Size ? SealingKey.Derive(Kind, secret) : throw Fault(EvidenceSourceFault.BadAnswer, $"a sealing secret of {secret.Length} bytes");
    }

    private protected override async ValueTask<EvidenceParts> ReadPartsAsync(ReadOnlyMemory<byte> reportData, CancellationToken cancellation)
    {
        var answer = await ExchangeAsync(DiceMessage.Attest, reportData, cancellation).ConfigureAwait(false);
        if (!EvidenceParts.TryParse(answer, out var parts) || !parts.TryGet(ReportDataPart, out var bound))
        {
            throw Fault(EvidenceSourceFault.BadAnswer, "an answer that is no evidence with report data");
        }

        MustBind(bound, reportData);
        return parts;
    }

    private async ValueTask<byte[]> ExchangeAsync(byte operation, ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        using var deadline = new CancellationTokenSource(_deadline, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellation);
        try
        {
            var stream = await ConnectAsync(either.Token).ConfigureAwait(false);
            await using (stream.ConfigureAwait(false))
            {
                await DiceMessage.WriteAsync(stream, _request, operation, bytes, either.Token).ConfigureAwait(false);
                var (status, answer) = await DiceMessage.ReadAsync(stream, _answer, MaxAnswer, either.Token).ConfigureAwait(false);
                return status switch
                {
                    DiceMessage.Answered => answer,
                    DiceMessage.NotSupported when operation == DiceMessage.Seal => throw Fault(EvidenceSourceFault.CannotSeal, "the device gives no sealing key"),
                    _ => throw Fault(EvidenceSourceFault.Failed, $"the device answered with status {status}"),
                };
            }
        }
        catch (OperationCanceledException exception) when (!cancellation.IsCancellationRequested)
        {
            throw Fault(EvidenceSourceFault.Failed, $"no answer in {_deadline.TotalSeconds} s", exception);
        }
        catch (InvalidDataException exception)
        {
            throw Fault(EvidenceSourceFault.BadAnswer, exception.Message, exception);
        }
        catch (Exception exception) when (exception is SocketException or IOException or UnauthorizedAccessException)
        {
            throw Fault(EvidenceSourceFault.Failed, exception.Message, exception);
        }
    }

    private async ValueTask<Stream> ConnectAsync(CancellationToken cancellation)
    {
        if (!File.Exists(_path))
        {
            throw Fault(EvidenceSourceFault.Absent, _path + " is not there");
        }

        if (_path.StartsWith(DeviceFolder, StringComparison.Ordinal))
        {
            return new FileStream(_path, new FileStreamOptions { Mode = FileMode.Open, Access = FileAccess.ReadWrite, Share = FileShare.None, BufferSize = 0 });
        }

        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(_path), cancellation).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
