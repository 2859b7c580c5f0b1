using System.CommandLine;

namespace PrivChain.Cli.Commands;

/// <summary>A server that was started by another process of ours ends with it: when that one dies, however it dies, our standard input ends.</summary>
internal static class InputEnd
{
    public static Option<bool> Option { get; } = new("--until-input-ends") { Description = "Stop when standard input ends.", Hidden = true };

    /// <summary>Cancelled by Ctrl-C, by a signal, or where asked for by the end of input.</summary>
    public static CancellationTokenSource Watch(CommandRun run)
    {
        var stop = CancellationTokenSource.CreateLinkedTokenSource(run.Cancellation);
        if (run.Optional(Option))
        {
            _ = Task.Run(async () =>
            {
                var input = Console.OpenStandardInput();
                var buffer = new byte[256];
                while (await input.ReadAsync(buffer).ConfigureAwait(false) > 0)
                {
                    // What is written here means nothing.
                }

                try
                {
                    await stop.CancelAsync().ConfigureAwait(false);
                }
                catch (ObjectDisposedException)
                {
                    // It has stopped already.
                }
            });
        }

        return stop;
    }
}
