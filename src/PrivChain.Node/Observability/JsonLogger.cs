namespace PrivChain.Node.Observability;

/// <summary>
/// Writes each event as one JSON object on one line: to <c>logs/node.jsonl</c>, and to the console where the node is a process of its own. At 16 MiB the file becomes <c>node.1.jsonl</c>, so two
/// files are all there is.
/// </summary>
[ProviderAlias("Json")]
internal sealed class JsonLogger : ILoggerProvider
{
    private const long MaxLength = 16 * 1024 * 1024;

    private readonly string _path;
    private readonly Stream? _console;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private FileStream? _file;
    private bool _closed;
    private bool _torn;

    /// <param name="folder">Where the file lies.</param>
    /// <param name="console">A second place for the same lines, or null. Stays the caller's.</param>
    /// <param name="time">The clock.</param>
    public JsonLogger(string folder, Stream? console, TimeProvider time)
    {
        Directory.CreateDirectory(folder);
        _path = Path.Combine(folder, "node.jsonl");
        _console = console;
        _time = time;
        _file = Open();
    }

    public ILogger CreateLogger(string categoryName) => new Category(this, categoryName);

    public void Dispose()
    {
        lock (_gate)
        {
            _closed = true;
            _file?.Dispose();
        }
    }

    private FileStream Open() => new(_path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);

    private void Write(byte[] line)
    {
        lock (_gate)
        {
            if (!_closed)
            {
                WriteFile(line);
                WriteConsole(line);
            }
        }
    }

    private void WriteFile(byte[] line)
    {
        try
        {
            if (_file?.Length >= MaxLength)
            {
                _file.Dispose();
                _file = null;
                File.Move(_path, Path.ChangeExtension(_path, ".1.jsonl"), overwrite: true);
            }

            _file ??= Open();
            _file.Write(_torn ? [(byte)'\n', .. line] : line);
            _torn = false;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A full disk must not stop calls; the ledger has its own say about that. Opened anew, the file ends where the torn line ends; the next one begins after it.
            _torn = true;
            _file?.Dispose();
            _file = null;
        }
    }

    private void WriteConsole(byte[] line)
    {
        try
        {
            _console?.Write(line);
            _console?.Flush();
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // A console that is gone must not stop calls.
        }
    }

    private sealed class Category(JsonLogger owner, string name) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            owner.Write(LogLine.Of(owner._time.GetUtcNow(), logLevel, name, eventId, state as IReadOnlyList<KeyValuePair<string, object?>> ?? [], exception));
    }
}
