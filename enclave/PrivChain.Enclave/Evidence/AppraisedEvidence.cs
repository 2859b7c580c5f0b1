using PrivChain.Core.Bytes;

namespace PrivChain.Enclave.Evidence;

/// <summary>What evidence says after it was authenticated and appraised.</summary>
/// <param name="Kind">Kind as contracts name it, such as <c>simulated</c>.</param>
/// <param name="Measurement">Digest of the measurement; whether it is enrolled is the ledger's matter.</param>
internal sealed record AppraisedEvidence(string Kind, Digest Measurement);
