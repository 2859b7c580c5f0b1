using PrivChain.Attestation;
using PrivChain.Core.Bytes;
using PrivChain.Core.Documents;

namespace PrivChain.Sdk.Governance;

/// <summary>An enclave that asks to be enrolled as a key broker, its evidence for our nonce appraised but for the measurement, which governors are about to decide on.</summary>
/// <param name="Profile">Account, key and evidence as they will be published.</param>
/// <param name="Enclave">What the evidence proves.</param>
/// <param name="Measurement">Digest of its measurement: compare it with the one built from source before enrolling.</param>
public sealed record EnclaveCandidate(BrokerProfile Profile, AttestedEnclave Enclave, Digest Measurement);
