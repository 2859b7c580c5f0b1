using System.Collections.Frozen;

namespace PrivChain.Node.Access;

/// <summary>Every method of the node and who may call it. A method that is not here is refused to everybody.</summary>
internal static class AccessTable
{
    public static FrozenDictionary<string, AccessRule> Rules { get; } = new Dictionary<string, AccessRule>
    {
        // Public: the ledger is for everybody to check, and an entry proves its signer by itself.
        ["/privchain.v1.Ledger/GetGenesis"] = AccessRule.Anyone,
        ["/privchain.v1.Ledger/Append"] = AccessRule.Anyone,
        ["/privchain.v1.Ledger/AppendBatch"] = AccessRule.Anyone,
        ["/privchain.v1.Ledger/GetEntries"] = AccessRule.Anyone,
        ["/privchain.v1.Ledger/GetCheckpoint"] = AccessRule.Anyone,
        ["/privchain.v1.Ledger/GetInclusionProof"] = AccessRule.Anyone,
        ["/privchain.v1.Ledger/GetConsistencyProof"] = AccessRule.Anyone,
        ["/privchain.v1.Ledger/Follow"] = AccessRule.Anyone,
        ["/privchain.v1.Ledger/FindEntry"] = AccessRule.Anyone,
        ["/privchain.v1.Ledger/ListEntries"] = AccessRule.Anyone,
        ["/privchain.v1.Ledger/SearchTrail"] = AccessRule.Anyone,
        ["/privchain.v1.Ledger/GetTrailCase"] = AccessRule.Anyone,
        ["/privchain.v1.Documents/GetDocument"] = AccessRule.Anyone,
        ["/privchain.v1.Documents/PutDocument"] = AccessRule.SignedIn,

        // Ciphertext, for those whom it concerns. An issuer brings records about others, everybody else about themselves.
        ["/privchain.v1.Vault/PutRecords"] = AccessRule.SignedIn,
        ["/privchain.v1.Vault/GetRecord"] = AccessRule.SignedIn,
        ["/privchain.v1.Vault/ListRecords"] = AccessRule.SignedIn,
        ["/privchain.v1.Vault/EraseRecord"] = AccessRule.SignedIn,
        ["/privchain.v1.Vault/PutConsent"] = AccessRule.SignedIn,
        ["/privchain.v1.Vault/GetConsent"] = AccessRule.SignedIn,
        ["/privchain.v1.Vault/PutAuditCopies"] = AccessRule.SignedIn,
        ["/privchain.v1.Vault/GetAuditCopy"] = AccessRule.Regulator,

        // A key statement proves itself; an inbox is its owner's.
        ["/privchain.v1.Inbox/LookupKey"] = AccessRule.Anyone,
        ["/privchain.v1.Inbox/RegisterKey"] = AccessRule.SignedIn,
        ["/privchain.v1.Inbox/Send"] = AccessRule.SignedIn,
        ["/privchain.v1.Inbox/Receive"] = AccessRule.SignedIn,
        ["/privchain.v1.Inbox/Remove"] = AccessRule.SignedIn,
        ["/privchain.v1.SignIn/Challenge"] = AccessRule.Anyone,
        ["/privchain.v1.SignIn/Exchange"] = AccessRule.Anyone,

        // An enclave asks before it has a role. Not for strangers: a request may make the node ask a vendor's service.
        ["/privchain.v1.Endorsements/GetCollateral"] = AccessRule.SignedIn,

        // Which calls an institution was refused is between it and those who supervise it.
        ["/privchain.v1.Refusals/Count"] = AccessRule.Regulator,
        ["/privchain.v1.Refusals/PutTallies"] = AccessRule.SignedIn,
        ["/privchain.v1.Refusals/ListTallies"] = AccessRule.Regulator,

        // The enclave judges its callers by itself; the node only carries the bytes.
        ["/privchain.v1.Enclave/Identify"] = AccessRule.Anyone,
        ["/privchain.v1.Enclave/Query"] = AccessRule.Anyone,
        ["/privchain.v1.SingleQuery/Ask"] = AccessRule.Anyone,
        ["/grpc.health.v1.Health/Check"] = AccessRule.Anyone,
        ["/grpc.health.v1.Health/Watch"] = AccessRule.Anyone,
    }.ToFrozenDictionary(StringComparer.Ordinal);
}
