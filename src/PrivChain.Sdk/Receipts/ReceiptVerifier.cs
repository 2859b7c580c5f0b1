using System.Text;
using PrivChain.Attestation;
using PrivChain.Core.Bytes;
using PrivChain.Core.Contracts;
using PrivChain.Core.Documents;
using PrivChain.Core.Hpke;
using PrivChain.Core.Ledger;
using PrivChain.Core.Records;
using PrivChain.Core.Refusals;
using PrivChain.Core.Tree;
using PrivChain.Sdk.Evidence;

namespace PrivChain.Sdk.Receipts;

/// <summary>
/// Verifies a receipt offline: which consent, which code, which evidence, which fields, for whom, which output, where in the trail (promise P9). Nothing in the file is believed but what a
/// signature, a hash or a proof ties to the genesis; the genesis is believed when the caller pins its ledger id.
/// </summary>
public sealed class ReceiptVerifier
{
    private readonly List<ReceiptCheck> _checks = [];
    private readonly Receipt _receipt;
    private readonly bool _acceptSimulated;
    private Genesis _genesis = null!;
    private LedgerDomain _domain = null!;
    private ReceiptCore _core = null!;
    private Checkpoint _checkpoint = null!;
    private PrivacyContract _contract = null!;
    private Entry _consent = null!;
    private Entry _session = null!;
    private Entry _use = null!;
    private Dictionary<ProvenEntryText, Verdict<AuthenticEntry>> _authentic = null!;

    private ReceiptVerifier(Receipt receipt, bool acceptSimulated)
    {
        _receipt = receipt;
        _acceptSimulated = acceptSimulated;
    }

    /// <summary>Verifies the file's bytes.</summary>
    /// <param name="file">The receipt as read.</param>
    /// <param name="pinnedLedger">The ledger it must be of, or null to take the file's word.</param>
    /// <param name="acceptSimulated">True to let simulated evidence pass, marked as such.</param>
    /// <param name="catalog">Record schemas; null: the built-in ones.</param>
    public static ReceiptReport Verify(ReadOnlySpan<byte> file, Digest? pinnedLedger, bool acceptSimulated, SchemaCatalog? catalog = null)
    {
        var parsed = Receipt.Parse(file);
        if (!parsed.Accepted)
        {
            return new ReceiptReport { Checks = [new ReceiptCheck("file", "it is a receipt", parsed.Refusal)], Pinned = pinnedLedger is not null };
        }

        return new ReceiptVerifier(parsed.Value, acceptSimulated).Run(pinnedLedger, catalog ?? SchemaCatalog.BuiltIn);
    }

    private ReceiptReport Run(Digest? pinnedLedger, SchemaCatalog catalog)
    {
        var simulated = false;
        var valid =
            Check("genesis", "the genesis is well formed" + (pinnedLedger is null ? string.Empty : " and is the pinned ledger's"), () => ReadGenesis(pinnedLedger))
            && Check("core", "the receipt core is canonical and of this ledger", ReadCore)
            && Check("checkpoint", "log and a quorum of witnesses signed the checkpoint", ReadCheckpoint)
            && Check("contract", "the contract has the digest that was consented to", () => ReadContract(catalog))
            && Check("entries.publication", "the institution published the contract", CheckPublication)
            && Check("entries.consent", "the citizen consented to this contract, for this institution", CheckConsent)
            && Check("entries.broker", "governors enrolled the broker", () => CheckVotes("broker", _receipt.Broker, vote => vote.Role == LedgerRole.Broker && vote.Party == UseSigner()))
            && Check("entries.measurement", "governors enrolled the enclave's measurement", () => CheckVotes("measurement", _receipt.Measurement, vote => vote.Role == LedgerRole.Measurement && vote.Reference == _core.Measurement))
            && Check("entries.session", "the broker recorded the worker's session once", CheckSession)
            && Check("evidence", "the evidence leads to a root of the ledger and binds the session's keys", () => CheckEvidence(out simulated))
            && Check("entries.use", "the use was recorded under the consent, within its times", CheckUse)
            && (_receipt.Query is null || Check("batch", "this query is one of those that the use names", () => CheckBatch(_receipt.Query)))
            && Check("core.fields", "fields and forms are the contract's", CheckFields)
            && Check("entries.delivery", "the worker signed for exactly this receipt, after the use", CheckDelivery)
            && (_receipt.Answer is null || Check("answer", "the answer is the one that was delivered", CheckAnswer));
        return new ReceiptReport
        {
            Checks = _checks,
            Receipt = valid ? _receipt : null,
            Core = valid ? _core : null,
            LedgerId = _genesis?.LedgerId ?? Digest.Zero,
            Pinned = pinnedLedger is not null,
            Simulated = simulated,
            SelfAsserted = valid ? [.. _core.Fields.Select(field => _contract.Find(field)!.Record).Distinct().Where(_contract.AcceptsSelfAsserted).Select(record => record.Id)] : [],
            UsedAt = _use?.Time ?? 0,
        };
    }

    private bool Check(string field, string claim, Func<Refusal?> check)
    {
        var refusal = check();
        _checks.Add(new ReceiptCheck(field, claim, refusal));
        return refusal is null;
    }

    private Refusal? ReadGenesis(Digest? pinnedLedger)
    {
        var genesis = Genesis.Parse(Encoding.UTF8.GetBytes(_receipt.Genesis));
        if (!genesis.Accepted)
        {
            return genesis.Refusal;
        }

        _genesis = genesis.Value;
        _domain = _genesis.Domain;
        if (pinnedLedger is { } wanted && wanted != _domain.LedgerId)
        {
            return new Refusal(RefusalReason.WrongLedger, $"wanted {wanted}, given {_domain.LedgerId}");
        }

        // All signatures side by side, in a quarter of the time that they take one after the other. Each is looked at where its entry is.
        ProvenEntryText[] entries = [_receipt.Publication, _receipt.Consent, .. _receipt.Broker, .. _receipt.Measurement, _receipt.Session, _receipt.Use, _receipt.Delivery];
        var verdicts = AuthenticEntry.ReadAll([.. entries.Select(proven => proven.Entry)], _domain);
        _authentic = new Dictionary<ProvenEntryText, Verdict<AuthenticEntry>>(entries.Zip(verdicts, KeyValuePair.Create), ReferenceEqualityComparer.Instance);
        return null;
    }

    private Refusal? ReadCore()
    {
        var core = ReceiptCore.Parse(Encoding.UTF8.GetBytes(_receipt.Core));
        if (!core.Accepted)
        {
            return core.Refusal;
        }

        _core = core.Value;
        return Same("core.ledger", _domain.LedgerId, _core.Ledger);
    }

    private Refusal? ReadCheckpoint()
    {
        TrustedLog log;
        WitnessPolicy witnesses;
        try
        {
            log = _genesis.Log;
            witnesses = LedgerFollower.WitnessesOf(_genesis);
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException)
        {
            return new Refusal(RefusalReason.BadSettings, "the genesis names a log or witness key that is none");
        }

        var verdict = WitnessedCheckpoint.Verify(Encoding.UTF8.GetBytes(_receipt.Checkpoint), log, witnesses);
        if (!verdict.Accepted)
        {
            return verdict.Refusal;
        }

        _checkpoint = verdict.Value.Checkpoint;
        return null;
    }

    private Refusal? ReadContract(SchemaCatalog catalog)
    {
        var text = Encoding.UTF8.GetBytes(_receipt.Contract);
        var contract = PrivacyContract.Parse(text, catalog, _domain.Suite);
        if (!contract.Accepted)
        {
            return contract.Refusal;
        }

        _contract = contract.Value;
        return Same("contract", _core.Contract, _domain.Suite.DigestOf(text)) ?? Same("core.controller", _contract.Controller, _core.Controller);
    }

    private Refusal? CheckPublication()
    {
        var entry = Prove("entries.publication", _receipt.Publication, EntryKind.Publish, out var refusal);
        return refusal
            ?? Same("entries.publication", _core.Contract, entry!.Reference)
            ?? Same("entries.publication", _core.Controller, entry.Signer);
    }

    private Refusal? CheckConsent()
    {
        var entry = Prove("entries.consent", _receipt.Consent, EntryKind.Grant, out var refusal);
        if (refusal is not null)
        {
            return refusal;
        }

        _consent = entry!;
        return Same("entries.consent", _core.Consent, _consent.DocumentDigest)
            ?? Same("entries.consent", _core.Contract, _consent.Reference)
            ?? Same("entries.consent", _core.Controller, _consent.Party);
    }

    private AccountAddress? UseSigner() => Entry.TryParse(_receipt.Use.Entry.Span, out var use) ? use.Signer : null;

    private Refusal? CheckVotes(string name, IReadOnlyList<ProvenEntryText> votes, Func<Entry, bool> isWanted)
    {
        var governors = new HashSet<AccountAddress>();
        Digest? document = null;
        for (var i = 0; i < votes.Count; i++)
        {
            var field = $"entries.{name}[{i}]";
            var vote = Prove(field, votes[i], EntryKind.Enrol, out var refusal);
            if (refusal is not null)
            {
                return refusal;
            }

            document ??= vote!.DocumentDigest;
            if (!isWanted(vote!) || vote!.DocumentDigest != document || !_genesis.IsGovernor(vote.Signer) || votes[i].Index >= _receipt.Session.Index)
            {
                return new Refusal(RefusalReason.NotEnrolled, $"{field}: not a governor's vote, before the session, for what the receipt names");
            }

            governors.Add(vote.Signer);
        }

        return governors.Count < _genesis.GovernorThreshold
            ? new Refusal(RefusalReason.NotEnrolled, $"entries.{name}: wanted {_genesis.GovernorThreshold} governors, given {governors.Count}")
            : null;
    }

    private Refusal? CheckSession()
    {
        var entry = Prove("entries.session", _receipt.Session, EntryKind.Session, out var refusal);
        if (refusal is not null)
        {
            return refusal;
        }

        _session = entry!;
        return Same("entries.session", UseSigner(), _session.Signer)
            ?? Same("entries.session", _core.Worker, _session.Party)
            ?? Same("entries.session", _core.Measurement, _session.Reference)
            ?? Same("entries.session", new SessionDetails(_core.SessionKey, _core.Evidence).StructHash(_domain.Suite), _session.Details);
    }

    private Refusal? CheckEvidence(out bool simulated)
    {
        simulated = false;
        if (!HpkePublicKey.TryParse(_receipt.SessionKey.Span, out var sessionKey))
        {
            return new Refusal(RefusalReason.Malformed, "sessionKey: not an HPKE key");
        }

        var bound = Same("sessionKey", _core.SessionKey, sessionKey.Fingerprint) ?? Same("evidence", _core.Evidence, _domain.Suite.DigestOf(_receipt.Evidence.Span));
        if (bound is not null)
        {
            return bound;
        }

        // Evidence was fresh when the broker recorded the session; that moment is in the entry.
        var verdict = new EnclaveAppraisal(_genesis, _acceptSimulated).Appraise(
            measurement => measurement == _core.Measurement, SessionBinding.Worker, sessionKey, _core.Worker, [], _receipt.Evidence.Span, _session.Time, EnclaveAppraisal.FreshSeconds);
        if (!verdict.Accepted)
        {
            return verdict.Refusal;
        }

        simulated = verdict.Value.IsSimulated;
        var kind = verdict.Value.Claims.Kind;
        return kind != _core.EvidenceKind ? new Refusal(RefusalReason.EvidenceNotBound, $"core.evidenceKind: wanted {kind}, given another")
            : !_contract.Enclave.AcceptedEvidence.Contains(kind) ? new Refusal(RefusalReason.EvidenceNotAccepted, $"the contract does not accept {kind} evidence")
            : null;
    }

    private Refusal? CheckUse()
    {
        var entry = Prove("entries.use", _receipt.Use, EntryKind.Use, out var refusal);
        if (refusal is not null)
        {
            return refusal;
        }

        _use = entry!;
        var seconds = _use.Time / 1000;
        return Same("entries.use", _core.Use, _use.DocumentDigest)
            ?? Same("entries.use", _core.Consent, _use.Reference)
            ?? Same("entries.use", _core.Worker, _use.Party)
            ?? Same("entries.use", _core.Queries, _use.Details)
            ?? (_receipt.Use.Index <= _receipt.Consent.Index || _receipt.Use.Index <= _receipt.Session.Index ? new Refusal(RefusalReason.BadProof, "entries.use: stands before the consent or the session") : null)
            ?? (seconds < _consent.NotBefore ? new Refusal(RefusalReason.NotYetValid, "entries.use: before the consent's first second") : null)
            ?? (seconds > _consent.NotAfter ? new Refusal(RefusalReason.Expired, "entries.use: after the consent's last second") : null);
    }

    private Refusal? CheckBatch(ReceiptQuery query) =>
        query.Size == _use.Count
        && MerkleProof.VerifyInclusion(_domain.Suite.Tree, query.Index, query.Size, _domain.Suite.Tree.Leaf(query.Digest.ToArray()), query.Proof, _core.Queries)
            ? null
            : new Refusal(RefusalReason.BadProof, "batch: the query is not under the use's root");

    private Refusal? CheckFields()
    {
        for (var i = 0; i < _core.Fields.Count; i++)
        {
            var field = _contract.Find(_core.Fields[i]);
            if (field is null || (i > 0 && string.CompareOrdinal(_core.Fields[i - 1], _core.Fields[i]) >= 0))
            {
                return new Refusal(RefusalReason.FieldNotInContract, $"core.fields[{i}]: not a field of the contract, or out of order");
            }

            if (field.Form.Name != _core.Forms[i])
            {
                return new Refusal(RefusalReason.FieldNotInContract, $"core.forms[{i}]: wanted {field.Form.Name}, given another");
            }
        }

        return null;
    }

    private Refusal? CheckDelivery()
    {
        var entry = Prove("entries.delivery", _receipt.Delivery, EntryKind.Deliver, out var refusal);
        return refusal
            ?? Same("entries.delivery", _core.Use, entry!.Reference)
            ?? Same("entries.delivery", _core.Worker, entry.Signer)
            ?? Same("entries.delivery", ReceiptCore.DigestOf(_domain.Suite, Encoding.UTF8.GetBytes(_receipt.Core)), entry.Details)
            ?? (_receipt.Delivery.Index <= _receipt.Use.Index ? new Refusal(RefusalReason.BadProof, "entries.delivery: stands before the use") : null);
    }

    private Refusal? CheckAnswer()
    {
        var bytes = Encoding.UTF8.GetBytes(_receipt.Answer!);
        var same = Same("answer", _core.Output, AnswerEnvelope.OutputDigest(_domain.Suite, _receipt.AnswerSalt!.Value, bytes));
        if (same is not null)
        {
            return same;
        }

        var answer = AnswerDocument.Parse(bytes, _contract);
        return !answer.Accepted ? answer.Refusal
            : !Shown(answer.Value).SequenceEqual(_core.Fields, StringComparer.Ordinal) ? new Refusal(RefusalReason.FieldNotInContract, "answer: shows other fields than the receipt names")
            : null;
    }

    // Optional fields that the citizen left out stand in the answer as not granted, and not in the receipt.
    private static IEnumerable<string> Shown(AnswerDocument answer) => answer.Shows
        .Where(field => field.Value.Result.Kind != FormResultKind.NotGranted).Select(field => field.Key).Order(StringComparer.Ordinal);

    private Entry? Prove(string field, ProvenEntryText proven, EntryKind kind, out Refusal? refusal)
    {
        if (!Entry.TryParse(proven.Entry.Span, out var entry) || entry.Kind != kind)
        {
            refusal = new Refusal(RefusalReason.Malformed, $"{field}: not a {kind} entry");
            return null;
        }

        if (!_authentic[proven].Accepted)
        {
            refusal = new Refusal(RefusalReason.BadSignature, $"{field}: not signed by its signer for this ledger");
            return null;
        }

        if (!MerkleProof.VerifyInclusion(_domain.Suite.Tree, proven.Index, _checkpoint.Size, _domain.Suite.Tree.Leaf(proven.Entry.Span), proven.Proof, _checkpoint.Root))
        {
            refusal = new Refusal(RefusalReason.BadProof, $"{field}: not under the checkpoint");
            return null;
        }

        refusal = null;
        return entry;
    }

    private static Refusal? Same<T>(string field, T wanted, T given) =>
        EqualityComparer<T>.Default.Equals(wanted, given) ? null : new Refusal(RefusalReason.DigestMismatch, $"{field}: wanted {wanted}, given {given}");
}
