using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using PrivChain.Core.Bytes;
using PrivChain.Core.Contracts;
using PrivChain.Core.Documents;
using PrivChain.Core.Hpke;
using PrivChain.Core.Keys;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Sdk.Connection;
using PrivChain.Sdk.Organisations;
using PrivChain.Sdk.Trail;
using Wire = PrivChain.Schemas.V1;

namespace PrivChain.Sdk.Governance;

/// <summary>What a regulator does: read contracts, approve them or send them back, take approvals back, check the trail, and read what went out in each use. Every method can throw <see cref="RefusalException"/>.</summary>
public sealed class RegulatorClient
{
    private readonly PrivChainConnection _connection;
    private readonly Account _account;
    private readonly HpkePrivateKey? _encryptionKey;
    private readonly GovernanceView? _governance;
    private readonly EntrySigner _signer;

    /// <param name="connection">The connection; stays the caller's.</param>
    /// <param name="account">The regulator's enrolled account; stays the caller's.</param>
    /// <param name="encryptionKey">The key of the enrolled profile, which opens copies of uses and tallies of refusals; null to do without them. Stays the caller's.</param>
    /// <param name="governance">
    /// What was read of a ledger that is too long to be followed: then contracts and roles are as of that reading, and what belongs to a use is as the node hands it out, each entry verified; that nothing was delivered,
    /// or no copy is due, is the node's word. What takes the whole ledger (<see cref="AuditUsesAsync"/>, <see cref="EnclaveRefusalsAsync"/>, <see cref="AuditAsync"/>) cannot be asked for. Null: the ledger is followed.
    /// </param>
    public RegulatorClient(PrivChainConnection connection, Account account, HpkePrivateKey? encryptionKey = null, GovernanceView? governance = null)
    {
        ArgumentNullException.ThrowIfNull(connection);
        ArgumentNullException.ThrowIfNull(account);
        _connection = connection;
        _account = account;
        _encryptionKey = encryptionKey;
        _governance = governance;
        _signer = new EntrySigner(connection.Domain, account);
    }

    /// <summary>Contracts that wait for approval; with <paramref name="all"/>, approved ones as well. Those that cannot be read are told of in either case, since the checker has to do without them.</summary>
    /// <exception cref="RefusalException">The ledger does not verify, or nobody answers.</exception>
    public async Task<ContractsUnderReview> ContractsAsync(bool all = false, CancellationToken cancellationToken = default)
    {
        var published = await ReadGovernanceAsync(
            (state, time) => state.Contracts.OrderBy(contract => contract.Index).Select(contract => (Contract: contract, Approved: state.IsApproved(contract.Digest, time))).ToList(), cancellationToken).ConfigureAwait(false);
        var texts = new List<(PublishedContract Published, PrivacyContract Text, bool Approved)>();
        var unread = new List<UnreadContract>();
        foreach (var (contract, approved) in published)
        {
            try
            {
                texts.Add((contract, await _connection.GetContractAsync(contract.Digest, cancellationToken).ConfigureAwait(false), approved));
            }
            catch (RefusalException exception) when (!Reachability.IsAway(exception.Reason))
            {
                unread.Add(new UnreadContract(contract, approved, exception.Refusal));
            }
        }

        var reviews = new List<ContractUnderReview>();
        foreach (var (contract, text, approved) in texts.Where(item => all || !item.Approved))
        {
            var others = texts.Where(other => other.Approved && other.Text.Digest != text.Digest).Select(other => other.Text).ToList();
            reviews.Add(new ContractUnderReview(
                contract, text, ContractChecker.Check(text, _connection.Options.Profiles, others), approved,
                await NameOfAsync(contract.Controller, cancellationToken).ConfigureAwait(false)));
        }

        return new ContractsUnderReview(reviews, unread);
    }

    /// <summary>Approves a contract.</summary>
    /// <param name="contract">Its digest.</param>
    /// <param name="opinion">The opinion in words; only a salted digest goes to the ledger. Keep it with the returned salt.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The entry, and the salt under which the opinion was hashed: the suite's digest of salt and UTF-8 text.</returns>
    public async Task<(ProvenEntry Entry, Digest Salt)> ApproveAsync(Digest contract, string opinion = "", CancellationToken cancellationToken = default)
    {
        var (digest, salt) = Salted(opinion);
        return (await _connection.Ledger.AppendAsync(_signer.Approve(contract, digest), cancellationToken).ConfigureAwait(false), salt);
    }

    /// <summary>Takes an approval back: from that entry on no use of the contract is recorded.</summary>
    /// <param name="contract">Its digest.</param>
    /// <param name="opinion">As for <see cref="ApproveAsync"/>.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<(ProvenEntry Entry, Digest Salt)> WithdrawAsync(Digest contract, string opinion = "", CancellationToken cancellationToken = default)
    {
        var (digest, salt) = Salted(opinion);
        return (await _connection.Ledger.AppendAsync(_signer.Withdraw(contract, digest), cancellationToken).ConfigureAwait(false), salt);
    }

    /// <summary>
    /// Sends a contract back to its institution with a reason, sealed into its inbox. The ledger has nothing of it: without an approval the contract cannot be consented to, and an approval that this
    /// regulator gave has to be withdrawn first.
    /// </summary>
    /// <param name="contract">Digest of a published contract.</param>
    /// <param name="reason">What is wrong with it, at most <see cref="ReviewNote.MaxReason"/> bytes of UTF-8.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="RefusalException">What would be read by nobody is not sent: <see cref="RefusalReason.UnknownReference"/>, the contract is not published; <see cref="RefusalReason.NotEnrolled"/>, this account is
    /// no regulator, or the institution is gone; <see cref="RefusalReason.Conflict"/>, this regulator's approval stands; <see cref="RefusalReason.Malformed"/> or <see cref="RefusalReason.TooLarge"/> for the reason.</exception>
    public async Task<ReviewNote> SendBackAsync(Digest contract, string reason, CancellationToken cancellationToken = default)
    {
        var note = ReviewNote.Sign(_connection.Domain, _account, contract, reason, _connection.UnixSeconds).OrThrow();
        var (published, enrolled) = await ReadGovernanceAsync(
            (state, time) => (state.Contract(contract), state.Holds(LedgerRole.Regulator, _account.Address, time)), cancellationToken).ConfigureAwait(false);
        if (published is null)
        {
            throw new RefusalException(new Refusal(RefusalReason.UnknownReference, $"no contract {contract} is published"));
        }

        if (!enrolled)
        {
            throw new RefusalException(new Refusal(RefusalReason.NotEnrolled, $"{_account.Address} is not enrolled as a regulator"));
        }

        if (published.ApprovedBy.Contains(_account.Address))
        {
            throw new RefusalException(new Refusal(RefusalReason.Conflict, $"the approval of contract {contract} by this regulator stands: withdraw it first"));
        }

        var institution = await InstitutionAsync(published.Controller, cancellationToken).ConfigureAwait(false);
        await new InboxBox(_connection, _account, key: null).SendAsync(
            published.Controller, institution.Profile.EncryptionKey, InboxMessageKind.SentBack, note.ToArray(), cancellationToken).ConfigureAwait(false);
        return note;
    }

    /// <summary>
    /// This regulator's sealed copy of a use: which field went out in which form and which did not, for whom and for what, never a value. Workers make one for each regulator whose approval the contract has, so the
    /// ledger says when one is due; everything in it is compared with the use and its delivery there. Made with a <see cref="GovernanceView"/>, that nothing was delivered or no copy is due is the node's word, and what
    /// <see cref="TrailPages.CaseAsync"/> refuses is refused.
    /// </summary>
    /// <param name="index">Where the use stands.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="RefusalException"><see cref="RefusalReason.UnknownReference"/>, no use stands there; <see cref="RefusalReason.NotEnrolled"/>, this account is no regulator.</exception>
    public async Task<UseAudit> AuditUseAsync(ulong index, CancellationToken cancellationToken = default)
    {
        var key = _encryptionKey ?? throw new InvalidOperationException("made without the key that opens copies");
        if (!await ReadGovernanceAsync((state, time) => state.Holds(LedgerRole.Regulator, _account.Address, time), cancellationToken).ConfigureAwait(false))
        {
            throw new RefusalException(new Refusal(RefusalReason.NotEnrolled, $"{_account.Address} is not enrolled as a regulator"));
        }

        var (use, contract, receipt, due) = await (_governance is { } view ? ListedUseAsync(view, index, cancellationToken) : FollowedUseAsync(index, cancellationToken)).ConfigureAwait(false);
        if (receipt is null)
        {
            return new UseAudit(use.Digest, index, UseAuditState.NothingDelivered);
        }

        if (!due)
        {
            return new UseAudit(use.Digest, index, UseAuditState.NotDue);
        }

        if (await BoxAsync(use.Digest, cancellationToken).ConfigureAwait(false) is not { } box)
        {
            return new UseAudit(use.Digest, index, UseAuditState.Missing);
        }

        var opened = Verdict<AuditedUse>.Refuse(RefusalReason.CannotOpen, "it is not sealed to this regulator's key, or not signed");
        if (InboxMessage.TryOpen(_connection.Domain, _account.Address, key, box, out var message))
        {
            try
            {
                opened = AuditCopy.Verify(_connection.LedgerId, message, use.Authentic, receipt.Value, await _connection.GetContractAsync(contract, cancellationToken).ConfigureAwait(false));
            }
            catch (RefusalException exception) when (exception.Reason is RefusalReason.NotFound or RefusalReason.DigestMismatch or RefusalReason.Malformed)
            {
                // A contract that the node keeps back must not hide the uses that come after this one.
                opened = exception.Refusal;
            }
        }

        return opened.Accepted
            ? new UseAudit(use.Digest, index, UseAuditState.Opened, opened.Value)
            : new UseAudit(use.Digest, index, UseAuditState.Refused, Refusal: opened.Refusal);
    }

    /// <summary>As <see cref="AuditUseAsync"/> for every use on the ledger, oldest first: a node leaves no copy out without being told on.</summary>
    public async IAsyncEnumerable<UseAudit> AuditUsesAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        RequireWhole();
        var uses = await _connection.Ledger.ReadStateAsync(_ => _connection.Ledger.History.Uses.Select(use => use.Index).ToList(), cancellationToken: cancellationToken).ConfigureAwait(false);
        foreach (var index in uses)
        {
            yield return await AuditUseAsync(index, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// How often the node refused what, by day, method, reason and role: by its own count, which nobody can check. What an enclave refused is not in it (<see cref="EnclaveRefusalsAsync"/>); nor is what was refused to a
    /// caller of another node.
    /// </summary>
    /// <param name="since">First day, by universal time.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>Newest day first.</returns>
    /// <exception cref="RefusalException"><see cref="RefusalReason.NotAllowed"/>, this account is no regulator; <see cref="RefusalReason.Malformed"/> or <see cref="RefusalReason.TooLarge"/>, the node sent something else.</exception>
    public async Task<IReadOnlyList<RefusedCalls>> RefusalsAsync(DateOnly since, CancellationToken cancellationToken = default)
    {
        var reply = await _connection.RefusalService.CountAsync(
            new Wire.CountRefusalsRequest { Since = RefusedCalls.Number(since) },
            await _connection.HeadersAsync(_account, cancellationToken).ConfigureAwait(false),
            cancellationToken: cancellationToken).ConfigureAwait(false);
        return RefusedCalls.Read(reply.Counts);
    }

    /// <summary>
    /// How many queries enclaves refused, by day, institution and reason: what their workers signed and sealed to this regulator, each by a session that a broker recorded on the ledger. Of each session the newest tally
    /// that the node gives out counts; it comes within about a minute of a refusal.
    /// </summary>
    /// <param name="since">First day, by universal time.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="RefusalException"><see cref="RefusalReason.NotAllowed"/>, this account is no regulator; <see cref="RefusalReason.Malformed"/> or <see cref="RefusalReason.TooLarge"/>, the node sent something else.</exception>
    /// <exception cref="InvalidOperationException">Made without the key that opens tallies.</exception>
    public async Task<EnclaveRefusals> EnclaveRefusalsAsync(DateOnly since, CancellationToken cancellationToken = default)
    {
        RequireWhole();
        var key = _encryptionKey ?? throw new InvalidOperationException("made without the key that opens tallies");
        var newest = new Dictionary<AccountAddress, RefusalTally>();
        var (given, unread) = (0, 0);
        await foreach (var box in TalliesAsync(since, cancellationToken).ConfigureAwait(false))
        {
            // In a browser each takes some milliseconds of the only thread.
            await Task.Yield();
            if (++given > RefusalTally.MaxKept)
            {
                throw new RefusalException(new Refusal(RefusalReason.TooLarge, $"the node sent more than {RefusalTally.MaxKept} tallies of refusals"));
            }

            if (!InboxMessage.TryOpen(_connection.Domain, _account.Address, key, box, out var message) || message.Kind != InboxMessageKind.RefusalTally || !RefusalTally.TryParse(message.Body.Span, out var tally))
            {
                unread++;
            }
            else if (!newest.TryGetValue(message.Sender, out var known) || known.Sequence < tally.Sequence)
            {
                newest[message.Sender] = tally;
            }
        }

        var strangers = await _connection.Ledger.ReadStateAsync(state => newest.Keys.Where(sender => state.Session(sender) is null).ToList(), cancellationToken: cancellationToken).ConfigureAwait(false);
        strangers.ForEach(stranger => newest.Remove(stranger));
        return new EnclaveRefusals(
            [.. newest.Values.SelectMany(tally => tally.Rows).Where(row => row.Day >= since)
                .GroupBy(row => (row.Day, row.Institution, row.Reason))
                .Select(group => new RefusedQueries(group.Key.Day, group.Key.Institution, group.Key.Reason, (uint)Math.Min(uint.MaxValue, group.Sum(row => (long)row.Count))))
                .OrderByDescending(row => row.Day).ThenByDescending(row => row.Count).ThenBy(row => row, Comparer<RefusedQueries>.Create(RefusalTally.Compare))],
            newest.Count,
            unread + strangers.Count);
    }

    /// <summary>Exports the trail and verifies what was written, offline from then on.</summary>
    /// <param name="files">Where to write it.</param>
    /// <param name="progress">Told the number of entries written.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<TrailReport> AuditAsync(ITrailFiles files, IProgress<ulong>? progress = null, CancellationToken cancellationToken = default)
    {
        RequireWhole();
        await TrailExporter.ExportAsync(_connection, files, progress, cancellationToken).ConfigureAwait(false);
        return TrailVerifier.Verify(files, _connection.LedgerId, _connection.Schemas, cancellationToken);
    }

    private async IAsyncEnumerable<byte[]> TalliesAsync(DateOnly since, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var after = 0UL;
        do
        {
            var reply = await _connection.RefusalService.ListTalliesAsync(
                new Wire.ListTalliesRequest { Since = RefusedCalls.Number(since), After = after },
                await _connection.HeadersAsync(_account, cancellationToken).ConfigureAwait(false),
                cancellationToken: cancellationToken).ConfigureAwait(false);
            foreach (var box in reply.Boxes)
            {
                yield return box.ToByteArray();
            }

            if (reply.Next != 0 && (reply.Next <= after || reply.Boxes.Count == 0))
            {
                throw new RefusalException(new Refusal(RefusalReason.Malformed, "the node's tallies of refusals have no end"));
            }

            after = reply.Next;
        }
        while (after != 0);
    }

    private Task<T> ReadGovernanceAsync<T>(Func<LedgerState, ulong, T> read, CancellationToken cancellationToken) => _governance is { } view
        ? Task.FromResult(read(view.State, view.Time))
        : _connection.Ledger.ReadStateAsync(state => read(state, state.Time), cancellationToken: cancellationToken);

    private Task<VerifiedOrganisation> InstitutionAsync(AccountAddress account, CancellationToken cancellationToken) =>
        _governance is not { } view ? _connection.Organisations.GetAsync(LedgerRole.Institution, account, cancellationToken)
        : view.State.Enrolled(LedgerRole.Institution, account, view.Time) is { } enrolment ? _connection.Organisations.ReadAsync(enrolment, view.Since(enrolment), cancellationToken)
        : throw new RefusalException(new Refusal(RefusalReason.NotEnrolled, $"{account} is not enrolled as {LedgerRole.Institution}"));

    private void RequireWhole()
    {
        if (_governance is not null)
        {
            throw new InvalidOperationException("made for a ledger that is not followed");
        }
    }

    // A use, its contract, the receipt that its delivery names, and whether a copy is due to this regulator.
    private async Task<(ProvenEntry Use, Digest Contract, Digest? Receipt, bool Due)> FollowedUseAsync(ulong index, CancellationToken cancellationToken)
    {
        var ledger = _connection.Ledger;
        var size = await ledger.ReadStateAsync(state => state.Size, cancellationToken: cancellationToken).ConfigureAwait(false);
        var use = index < size ? await ledger.GetEntryAsync(index, cancellationToken: cancellationToken).ConfigureAwait(false) : null;
        return use?.Entry.Kind != EntryKind.Use
            ? throw NoUse(index)
            : await ledger.ReadStateAsync(
                state =>
                {
                    var contract = state.Consent(use.Entry.Reference)!.Contract;
                    return (use, contract, ledger.History.ReceiptOf(use.Digest), ledger.History.ApprovalStood(contract, _account.Address, index));
                },
                cancellationToken: cancellationToken).ConfigureAwait(false);
    }

    private async Task<(ProvenEntry Use, Digest Contract, Digest? Receipt, bool Due)> ListedUseAsync(GovernanceView view, ulong index, CancellationToken cancellationToken)
    {
        var head = await _connection.Ledger.RefreshAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
        var rows = index < head.Checkpoint.Size ? await _connection.Trail.CaseAsync(index, head, cancellationToken).ConfigureAwait(false) : [];
        if (rows.FirstOrDefault(row => row.Row.Index == index && row.Row.Entry.Kind == EntryKind.Use) is not { } use)
        {
            throw NoUse(index);
        }

        var delivery = rows.FirstOrDefault(row => row.Row.Entry.Kind == EntryKind.Deliver && row.Row.Entry.Reference == use.Row.Digest);

        // Whichever of the two shows it: the node cannot leave an approval out of one alone.
        var opinion = rows.Select(row => row.Proof).Where(entry => entry.Entry.Kind is EntryKind.Approve or EntryKind.Withdraw).Concat(view.OpinionsOn(use.Row.Contract))
            .Where(entry => entry.Entry.Signer == _account.Address && entry.Index < index).MaxBy(entry => entry.Index);
        return (use.Proof, use.Row.Contract, delivery?.Row.Entry.Details, opinion?.Entry.Kind == EntryKind.Approve);
    }

    private static RefusalException NoUse(ulong index) => new(new Refusal(RefusalReason.UnknownReference, $"no use stands at {index}"));

    private async Task<string?> NameOfAsync(AccountAddress controller, CancellationToken cancellationToken)
    {
        try
        {
            return (await InstitutionAsync(controller, cancellationToken).ConfigureAwait(false)).Name;
        }
        catch (RefusalException exception) when (!Reachability.IsAway(exception.Reason))
        {
            return null;
        }
    }

    private async Task<byte[]?> BoxAsync(Digest use, CancellationToken cancellationToken)
    {
        try
        {
            var reply = await _connection.VaultService.GetAuditCopyAsync(
                new Wire.GetAuditCopyRequest { Use = PrivChainConnection.Bytes(use) },
                await _connection.HeadersAsync(_account, cancellationToken).ConfigureAwait(false),
                cancellationToken: cancellationToken).ConfigureAwait(false);
            return reply.Box.ToByteArray();
        }
        catch (RefusalException exception) when (exception.Reason == RefusalReason.NotFound)
        {
            return null;
        }
    }

    private (Digest Opinion, Digest Salt) Salted(string opinion)
    {
        // Salted, so that short opinions cannot be guessed and none is the same document as an earlier one.
        var salt = RandomNumberGenerator.GetBytes(Digest.Size);
        return (_connection.Domain.Suite.DigestOf([.. salt, .. Encoding.UTF8.GetBytes(opinion)]), new Digest(salt));
    }
}
