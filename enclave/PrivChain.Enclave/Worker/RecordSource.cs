using PrivChain.Core.Bytes;
using PrivChain.Core.Documents;
using PrivChain.Core.Ledger;
using PrivChain.Core.Records;
using PrivChain.Core.Refusals;
using PrivChain.Core.Suites;
using PrivChain.Enclave.Broker;
using PrivChain.Enclave.Follow;
using PrivChain.Enclave.Node;

namespace PrivChain.Enclave.Worker;

/// <summary>Fetches sealed records and issuers' profiles, checks each against its digest, and asks the verified ledger who vouches for it.</summary>
internal sealed class RecordSource(INode node, LedgerView ledger)
{
    private const long CacheBytes = 256 * 1024 * 1024;

    private readonly DigestCache<SealedRecord> _records = new(CacheBytes);
    private readonly DigestCache<OrganisationProfile> _profiles = new(16 * 1024 * 1024);

    /// <summary>The record of that digest.</summary>
    /// <param name="digest">As the consent names it.</param>
    /// <param name="schema">Schema that the contract names at this place.</param>
    /// <param name="selfAsserted">Whether the person's own statement will do.</param>
    /// <param name="usedAt">Ledger time of the use, unix ms.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<Verdict<SourceRecord>> GetAsync(Digest digest, RecordSchema schema, bool selfAsserted, ulong usedAt, CancellationToken cancellation)
    {
        var found = await ledger.ReadAsync(
            state => (state.Suite, Anchor: state.Record(digest), Enrolments: state.Record(digest) is { } anchor
                ? state.EnrolledIn(LedgerRole.Issuer, usedAt).Where(enrolment => enrolment.Account == anchor.Issuer).ToList()
                : []),
            cancellation).ConfigureAwait(false);
        if (!found.Accepted)
        {
            return found.Refusal;
        }

        if (found.Value.Anchor is not { } anchored)
        {
            return Verdict<SourceRecord>.Refuse(RefusalReason.RecordMissing, "not anchored");
        }

        if (anchored.Erased)
        {
            return Verdict<SourceRecord>.Refuse(RefusalReason.Erased, "record");
        }

        if (anchored.IsSelfAsserted && !selfAsserted)
        {
            return Verdict<SourceRecord>.Refuse(RefusalReason.IssuerNotTrusted, $"{schema.Id}: the person's own statement, for which the contract does not ask");
        }

        try
        {
            var record = await RecordAsync(digest, cancellation).ConfigureAwait(false);
            if (!record.Accepted)
            {
                return record.Refusal;
            }

            if (!found.Value.Suite.Uses(record.Value.Suite))
            {
                return found.Value.Suite.Refusal("the record");
            }

            if (record.Value.SchemaId != schema.Id)
            {
                return Verdict<SourceRecord>.Refuse(RefusalReason.SchemaViolation, "the consent names a record of another schema");
            }

            if (record.Value.Holder != anchored.Holder)
            {
                return Verdict<SourceRecord>.Refuse(RefusalReason.NotYours, "the record was anchored to another holder");
            }

            if (anchored.IsSelfAsserted)
            {
                return new SourceRecord(record.Value, schema, anchored.Issuer, null);
            }

            var keys = new List<JwsKey>();
            var refusal = new Refusal(RefusalReason.IssuerNotTrusted, "no key of the issuer is enrolled");
            foreach (var enrolment in found.Value.Enrolments)
            {
                var key = await KeyAsync(found.Value.Suite, enrolment, cancellation).ConfigureAwait(false);
                if (key.Accepted)
                {
                    keys.Add(key.Value);
                }
                else
                {
                    refusal = key.Refusal;
                }
            }

            return keys.Count > 0 ? new SourceRecord(record.Value, schema, anchored.Issuer, keys) : refusal;
        }
        catch (RefusalException exception)
        {
            return exception.Reason is RefusalReason.NotFound ? Verdict<SourceRecord>.Refuse(RefusalReason.RecordMissing, "vault") : exception.Refusal;
        }
    }

    private async Task<Verdict<SealedRecord>> RecordAsync(Digest digest, CancellationToken cancellation)
    {
        if (_records.TryGet(digest, out var held))
        {
            return held;
        }

        var bytes = await node.GetRecordAsync(digest, cancellation).ConfigureAwait(false);
        if (!SealedRecord.TryParse(bytes, out var record))
        {
            return Verdict<SealedRecord>.Refuse(RefusalReason.Malformed, "sealed record");
        }

        if (record.Digest != digest)
        {
            return Verdict<SealedRecord>.Refuse(RefusalReason.DigestMismatch, "sealed record");
        }

        _records.Put(digest, record, bytes.Length);
        return record;
    }

    // The key of an issuer's enrolment, through the profile that the enrolment names.
    private async Task<Verdict<JwsKey>> KeyAsync(Suite suite, Enrolment enrolment, CancellationToken cancellation)
    {
        if (!_profiles.TryGet(enrolment.Profile, out var profile))
        {
            var bytes = await node.GetDocumentAsync(enrolment.Profile, cancellation).ConfigureAwait(false);
            if (suite.DigestOf(bytes) != enrolment.Profile || !OrganisationProfile.TryParse(bytes, out profile))
            {
                return Verdict<JwsKey>.Refuse(RefusalReason.IssuerNotTrusted, "the node has no profile of the issuer");
            }

            _profiles.Put(enrolment.Profile, profile, bytes.Length);
        }

        if (profile.Account != enrolment.Account || profile.IssuerKeyFingerprint != enrolment.Subject
            || !JwsKey.TryParse(profile.IssuerAlgorithm, profile.IssuerKey.Span, out var key))
        {
            return Verdict<JwsKey>.Refuse(RefusalReason.IssuerNotTrusted, "the issuer's profile is not the enrolled one");
        }

        return suite.UsesIssuerAlgorithm(key.Algorithm) ? key : suite.Refusal("the issuer's key");
    }
}
