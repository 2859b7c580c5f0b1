using PrivChain.Core.Bytes;
using PrivChain.Core.Contracts;
using PrivChain.Core.Documents;

namespace PrivChain.Enclave.Broker;

/// <summary>What a broker gathered about one request before anything is recorded; each part is judged by <see cref="ReleaseRules"/>, not here.</summary>
/// <param name="Granter">The citizen's account.</param>
/// <param name="UsesLeft">Uses left when it looked.</param>
/// <param name="Worker">The worker, when this broker admitted it.</param>
/// <param name="Package">The consent package.</param>
/// <param name="Details">What came out of the details box.</param>
/// <param name="Contract">The contract.</param>
/// <param name="OpeningIsSigned">Whether the institution signed the session.</param>
internal sealed record PreparedConsent(
    AccountAddress Granter,
    uint UsesLeft,
    AdmittedWorker? Worker,
    ConsentPackage? Package,
    ConsentDetails? Details,
    PrivacyContract? Contract,
    bool OpeningIsSigned);
