using System.Text;
using System.Text.Json;

namespace PrivChain.Node.Observability;

/// <summary>Writes one JSON object a line to <c>logs/node.jsonl</c>; at 16 MiB the file becomes <c>node.1.jsonl</c>, so two files are all there is.</summary>
[ProviderAlias("File")]
internal sealed class JsonFileLogger : ILoggerProvider
{
    private const long MaxLength = 16 * 1024 * 1024;

    private readonly string _path;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private FileStream? _file;
    private bool _closed;
    private bool _torn;

    public JsonFileLogger(string folder, TimeProvider time)
    {
        Directory.CreateDirectory(folder);
        _path = Path.Combine(folder, "node.jsonl");
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
            try
            {
                if (_closed)
                {
                    return;
                }

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
    }

    private sealed class Category(JsonFileLogger owner, string name) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            using var stream = new MemoryStream();
            using (var writer = new Utf8JsonWriter(stream))
            {
                writer.WriteStartObject();
                writer.WriteString("time", owner._time.GetUtcNow().UtcDateTime);
                writer.WriteString("level", logLevel.ToString());
                writer.WriteString("category", name);
                writer.WriteNumber("event", eventId.Id);
                writer.WriteString("message", formatter(state, exception));
                if (exception is not null)
                {
                    writer.WriteString("exception", exception.GetType().FullName);
                    writer.WriteString("detail", exception.Message);
                }

                writer.WriteEndObject();
            }

            stream.Write(Encoding.ASCII.GetBytes("\n"));
            owner.Write(stream.ToArray());
        }
    }
}
