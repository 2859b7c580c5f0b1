using PrivChain.Core.Bytes;

namespace PrivChain.Core.Ledger;

/// <summary>A worker's session, recorded once by a broker.</summary>
/// <param name="Broker">The broker that checked the evidence.</param>
/// <param name="Measurement">Digest of the enrolled measurement.</param>
/// <param name="Details">Struct hash of session key and evidence.</param>
/// <param name="NotBefore">Unix seconds from which uses may name it.</param>
/// <param name="NotAfter">Unix seconds until which uses may name it, inclusive.</param>
/// <param name="Index">Index of the session entry.</param>
public sealed record WorkerSession(AccountAddress Broker, Digest Measurement, Digest Details, ulong NotBefore, ulong NotAfter, ulong Index);
