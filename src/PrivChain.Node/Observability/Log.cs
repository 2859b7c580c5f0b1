using PrivChain.Core.Refusals;
using PrivChain.Signatures;

namespace PrivChain.Node.Observability;

/// <summary>Every event that the node writes, with its fixed id, which is never given to another. No account, digest, message or address of a caller is in any of them.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "ledger replayed: {Entries} entries in {Milliseconds} ms")]
    public static partial void LedgerReplayed(ILogger logger, ulong entries, long milliseconds);

    [LoggerMessage(2, LogLevel.Critical, "storage failed: nothing more is accepted until a restart")]
    public static partial void StorageFailed(ILogger logger, Exception exception);

    [LoggerMessage(3, LogLevel.Information, "node is ready: gRPC {Grpc}, web {Web}")]
    public static partial void Ready(ILogger logger, string grpc, string web);

    [LoggerMessage(4, LogLevel.Information, "signatures are checked and made on {Instructions}")]
    public static partial void RunsOn(ILogger logger, InstructionSet instructions);

    [LoggerMessage(10, LogLevel.Debug, "call {Method} took {Milliseconds} ms")]
    public static partial void Called(ILogger logger, string method, double milliseconds);

    [LoggerMessage(11, LogLevel.Information, "call {Method} refused: {Reason}, {Milliseconds} ms")]
    public static partial void Refused(ILogger logger, string method, RefusalReason reason, double milliseconds);

    [LoggerMessage(12, LogLevel.Error, "call {Method} failed: {Exception}")]
    public static partial void Failed(ILogger logger, string method, string exception);

    [LoggerMessage(13, LogLevel.Warning, "counts of refusals could not be written, SQLite says {Code}; it is tried again")]
    public static partial void RefusalsNotWritten(ILogger logger, int code);

    [LoggerMessage(14, LogLevel.Error, "counts of refusals are damaged: refusals.db was put aside, and they begin anew")]
    public static partial void RefusalsDamaged(ILogger logger);

    [LoggerMessage(20, LogLevel.Warning, "witness {Witness} did not cosign: {Why}")]
    public static partial void WitnessFailed(ILogger logger, string witness, string why);

    [LoggerMessage(21, LogLevel.Critical, "witness {Witness} holds another history of this log than this node")]
    public static partial void WitnessDisagrees(ILogger logger, string witness);

    [LoggerMessage(30, LogLevel.Information, "erased: the ciphertext of {Count} records is destroyed")]
    public static partial void Destroyed(ILogger logger, int count);

    [LoggerMessage(31, LogLevel.Warning, "the write-ahead log could not be truncated after an erasure; it is tried again")]
    public static partial void TruncationDelayed(ILogger logger);
}
