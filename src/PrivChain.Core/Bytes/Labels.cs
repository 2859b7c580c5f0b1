namespace PrivChain.Core.Bytes;

/// <summary>Every label that starts a derivation or a hashed layout. A label is used in one place only; the comment says what it keeps apart.</summary>
public static class Labels
{
    // ---- ledger and trail ----
    /// <summary>Ledger id, from the canonical genesis text.</summary>
    public const string Ledger = "privchain/ledger/v1";
    /// <summary>Digest of a receipt core, as the delivery entry names it.</summary>
    public const string Receipt = "privchain/receipt/v1";
    /// <summary>Digest of a query's plaintext, as the use entry names it.</summary>
    public const string Query = "privchain/query/v1";
    /// <summary>Digest of a sealed answer.</summary>
    public const string Answer = "privchain/answer/v1";

    /// <summary>Type of a log's SM2 key in notes, where a number is not assigned.</summary>
    public const string Sm2Note = "privchain/sm2-note/v1";
    /// <summary>A log's SM2 key, from the seed of its Ed25519 key.</summary>
    public const string Sm2Log = "privchain/sm2-log/v1";

    // ---- records ----
    /// <summary>Record digest over a sealed record's bytes.</summary>
    public const string Record = "privchain/record/v1";
    /// <summary>Associated data of one encrypted part of a record.</summary>
    public const string RecordPart = "privchain/record-part/v1";
    /// <summary>HPKE info for a record's key bundle, sealed to its holder.</summary>
    public const string KeyBundle = "privchain/key-bundle/v1";

    // ---- consent ----
    /// <summary>HPKE info for field keys sealed to a broker.</summary>
    public const string KeyPackage = "privchain/key-package/v1";
    /// <summary>Digest over the key boxes of a consent, as the signed details name it.</summary>
    public const string KeyBoxes = "privchain/key-boxes/v1";
    /// <summary>HPKE info for consent details sealed to a broker.</summary>
    public const string ConsentDetails = "privchain/consent-details/v1";
    /// <summary>Message that an organisation's certificate key signs to bind its account.</summary>
    public const string Organisation = "privchain/organisation/v1";
    /// <summary>HPKE info for field keys released by a broker to a worker session.</summary>
    public const string Release = "privchain/release/v1";
    /// <summary>HPKE info for a query session from institution to worker.</summary>
    public const string QuerySession = "privchain/query-session/v1";
    /// <summary>HPKE info for answers from worker to institution.</summary>
    public const string AnswerToInstitution = "privchain/answer-institution/v1";
    /// <summary>HPKE info for the citizen's copy of an answer.</summary>
    public const string AnswerToCitizen = "privchain/answer-citizen/v1";
    /// <summary>HPKE info for a message in an inbox.</summary>
    public const string InboxMessage = "privchain/inbox/v1";
    /// <summary>HMAC key for the <c>pseudonym</c> form: one controller's pseudonyms apart from another's.</summary>
    public const string Pseudonym = "privchain/pseudonym/v1";

    // ---- keys derived from the phrase ----
    /// <summary>A citizen's or organisation's HPKE key seed.</summary>
    public const string EncryptionKey = "privchain/encryption-key/v1";
    /// <summary>An issuer's record signing key.</summary>
    public const string IssuerKey = "privchain/issuer-key/v1";
    /// <summary>A private key of an SM2 account, with its index: apart from every scalar of BIP-32.</summary>
    public const string Sm2Account = "privchain/sm2-account/v1";
    /// <summary>A private key of SM2 encryption, from the seed of an HPKE key.</summary>
    public const string Sm2Encryption = "privchain/sm2-encryption/v1";
    /// <summary>A private key of an SM2 issuer.</summary>
    public const string Sm2Issuer = "privchain/sm2-issuer/v1";
    /// <summary>Account index for one counterparty: a fresh pseudonym for each.</summary>
    public const string PairwiseAccount = "privchain/pairwise-account/v1";
    /// <summary>Secret from which the <c>pseudonym</c> form is made.</summary>
    public const string PseudonymSecret = "privchain/pseudonym-secret/v1";
    /// <summary>Key under which a person's browser keeps what it verified.</summary>
    public const string BrowserStore = "privchain/browser-store/v1";
    /// <summary>Header of a keystore file, the associated data of its content.</summary>
    public const string Keystore = "privchain/keystore/v1";

    // ---- enclaves ----
    /// <summary>Report data of enclave evidence.</summary>
    public const string ReportData = "privchain/report-data/v1";
    /// <summary>Measurement over an enclave's program folder.</summary>
    public const string Measurement = "privchain/measurement/v1";
    /// <summary>Signed bytes of simulated evidence.</summary>
    public const string SimulatedEvidence = "privchain/simulated-evidence/v1";
    /// <summary>Sealing key of a simulated enclave.</summary>
    public const string SimulatedSeal = "privchain/simulated-seal/v1";
}
