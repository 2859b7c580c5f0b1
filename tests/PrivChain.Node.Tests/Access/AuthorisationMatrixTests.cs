using Google.Protobuf;
using Grpc.Core;
using Grpc.Health.V1;
using PrivChain.Core.Bytes;
using PrivChain.Core.Documents;
using PrivChain.Core.Hpke;
using PrivChain.Core.Keys;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Core.Tests.Ledger;
using PrivChain.Node.Access;
using PrivChain.Schemas.V1;

namespace PrivChain.Node.Tests.Access;

/// <summary>
/// Every method of every service × every role × own and foreign things, over a real channel, against the table written here. One letter for each role, in the order of
/// <see cref="Roles"/>: <c>.</c> answered, <c>S</c> not signed in, <c>A</c> not allowed, <c>F</c> not found, <c>M</c> malformed, <c>R</c> unknown reference, <c>N</c> no such record,
/// <c>U</c> unavailable. M, R, N and U are what the rules say to a caller whom the gate has let pass.
/// </summary>
[TestClass]
public sealed class AuthorisationMatrixTests
{
    private const string Roles = "anonymous, citizen, stranger, institution, other institution, issuer, other issuer, regulator, governor, broker, worker";

    private const string Everybody = "...........";
    private const string AllSignedIn = "S..........";

    private static readonly (string Method, string Variant, string Expected)[] _matrix =
    [
        ("/privchain.v1.Ledger/GetGenesis", "", Everybody),
        ("/privchain.v1.Ledger/Append", "anchor signed by the issuer", Everybody),
        ("/privchain.v1.Ledger/AppendBatch", "anchors signed by the issuer", Everybody),
        ("/privchain.v1.Ledger/Append", "anchor about and signed by the caller", "NNNNNNNNNNN"),
        ("/privchain.v1.Ledger/AppendBatch", "anchor about and signed by the caller", "NNNNNNNNNNN"),
        ("/privchain.v1.Ledger/GetEntries", "", Everybody),
        ("/privchain.v1.Ledger/GetCheckpoint", "", Everybody),
        ("/privchain.v1.Ledger/GetInclusionProof", "", Everybody),
        ("/privchain.v1.Ledger/GetConsistencyProof", "", Everybody),
        ("/privchain.v1.Ledger/Follow", "", Everybody),
        ("/privchain.v1.Ledger/FindEntry", "", Everybody),
        ("/privchain.v1.Ledger/ListEntries", "", Everybody),
        ("/privchain.v1.Ledger/SearchTrail", "", Everybody),
        ("/privchain.v1.Ledger/GetTrailCase", "", Everybody),
        ("/privchain.v1.Documents/PutDocument", "", AllSignedIn),
        ("/privchain.v1.Documents/GetDocument", "", Everybody),
        ("/privchain.v1.Vault/PutRecords", "anchor about the citizen, signed by the caller", "SMAAAMMAAAA"),
        ("/privchain.v1.Vault/PutRecords", "anchor about and signed by the caller", "SMMMMMMMMMM"),
        ("/privchain.v1.Vault/PutRecords", "anchor signed by the issuer", "SAAAAMAAAAA"),
        ("/privchain.v1.Vault/GetRecord", "of the citizen", "S.FFF.FFF.."),
        ("/privchain.v1.Vault/GetRecord", "that is not there", "SFFFFFFFFNN"),
        ("/privchain.v1.Vault/ListRecords", "", AllSignedIn),
        ("/privchain.v1.Vault/EraseRecord", "erasure signed by the caller", "SRRRRRRRRRR"),
        ("/privchain.v1.Vault/EraseRecord", "erasure signed by the citizen", "SRAAAAAAAAA"),
        ("/privchain.v1.Vault/PutConsent", "consent signed by the caller", "SRRRRRRRRRR"),
        ("/privchain.v1.Vault/PutConsent", "consent signed by the citizen", "SRAAAAAAAAA"),
        ("/privchain.v1.Vault/GetConsent", "of the citizen", "S.FFFFFFF.."),
        ("/privchain.v1.Vault/PutAuditCopies", "of the worker's use, for the regulator", "SAAAAAAAAA."),
        ("/privchain.v1.Vault/PutAuditCopies", "of the worker's use, for somebody else", "SAAAAAAAAAA"),
        ("/privchain.v1.Vault/PutAuditCopies", "of no use, for the regulator", "SAAAAAAAAAA"),
        ("/privchain.v1.Vault/GetAuditCopy", "of the worker's use", "SAAAAAA.AAA"),
        ("/privchain.v1.Vault/GetAuditCopy", "of no use", "SAAAAAAFAAA"),
        ("/privchain.v1.Inbox/LookupKey", "", Everybody),
        ("/privchain.v1.Inbox/RegisterKey", "of the caller", AllSignedIn),
        ("/privchain.v1.Inbox/RegisterKey", "of the citizen", "S.AAAAAAAAA"),
        ("/privchain.v1.Inbox/Send", "", AllSignedIn),
        ("/privchain.v1.Inbox/Receive", "", AllSignedIn),
        ("/privchain.v1.Inbox/Remove", "of the caller", AllSignedIn),
        ("/privchain.v1.Inbox/Remove", "of the citizen", "S.FFFFFFFFF"),
        ("/privchain.v1.SignIn/Challenge", "", Everybody),
        ("/privchain.v1.SignIn/Exchange", "message that nobody asked for", "SSSSSSSSSSS"),
        ("/privchain.v1.Endorsements/GetCollateral", "", AllSignedIn),
        ("/privchain.v1.Refusals/Count", "", "SAAAAAA.AAA"),
        ("/privchain.v1.Refusals/PutTallies", "for the regulator", "SAAAAAAAAA."),
        ("/privchain.v1.Refusals/PutTallies", "for somebody else", "SAAAAAAAAAA"),
        ("/privchain.v1.Refusals/ListTallies", "", "SAAAAAA.AAA"),
        ("/privchain.v1.Enclave/Identify", "", "UUUUUUUUUUU"),
        ("/privchain.v1.Enclave/Query", "", "UUUUUUUUUUU"),
        ("/privchain.v1.SingleQuery/Ask", "", "UUUUUUUUUUU"),
        ("/grpc.health.v1.Health/Check", "", Everybody),
        ("/grpc.health.v1.Health/Watch", "", Everybody),
    ];

    [TestMethod]
    public void Matrix_NamesEveryMethodThatIsServed_AndSoDoesTheTable()
    {
        var served = new[]
            {
                LedgerReflection.Descriptor, DocumentsReflection.Descriptor, VaultReflection.Descriptor, InboxReflection.Descriptor, SignInReflection.Descriptor,
                EndorsementsReflection.Descriptor, RefusalsReflection.Descriptor, EnclaveReflection.Descriptor, HealthReflection.Descriptor,
            }
            .SelectMany(file => file.Services).SelectMany(service => service.Methods).Select(method => $"/{method.Service.FullName}/{method.Name}").Order().ToList();
        Assert.IsGreaterThan(25, served.Count);
        CollectionAssert.AreEqual(served, AccessTable.Rules.Keys.Order().ToList(), "the table");
        CollectionAssert.AreEqual(served, _matrix.Select(row => row.Method).Distinct().Order().ToList(), "the matrix");
    }

    [TestMethod]
    public void Authorise_MethodThatIsNotInTheTable_IsRefusedToEverybody()
    {
        var authorisation = new Authorisation(null!, TimeProvider.System);
        Assert.AreEqual(RefusalReason.NotAllowed, authorisation.Authorise("/privchain.v1.Ledger/Rewrite", null)!.Reason);
        Assert.AreEqual(RefusalReason.NotAllowed, authorisation.Authorise("/privchain.v1.Ledger/Rewrite", new AccountAddress(new byte[20]))!.Reason);
    }

    [TestMethod]
    public async Task EveryMethod_ForEveryRole_AnswersAsTheMatrixSays()
    {
        await using var world = await World.StartAsync();
        using var client = new NodeClient(world.Fixture.Address);
        var parties = world.Parties;
        Account?[] callers =
        [
            null, parties.Citizen, world.Stranger, parties.Institution, world.OtherInstitution, parties.Issuer, world.OtherIssuer, parties.Regulator, parties.Governors[0], parties.Broker, parties.Worker,
        ];
        Assert.HasCount(Roles.Split(", ").Length, callers);
        var tokens = new string?[callers.Length];
        for (var i = 1; i < callers.Length; i++)
        {
            tokens[i] = await client.SignInAsync(callers[i]!);
        }

        // What the public methods are asked for.
        var document = await client.Documents.PutDocumentAsync(new PutDocumentRequest { Content = ByteString.CopyFromUtf8("public") }, NodeClient.Options(tokens[8]));
        await RegisterAsync(client, parties.Citizen, parties.Domain, tokens[1]);
        await world.RecordUseAsync();
        await client.Ledger.GetCheckpointAsync(new GetCheckpointRequest { AtLeastSize = 1, Witnessed = true }, NodeClient.Options());

        var wrong = new List<string>();
        foreach (var (method, variant, expected) in _matrix)
        {
            var actual = "";
            for (var i = 0; i < callers.Length; i++)
            {
                actual += await AskAsync(world, client, method, variant, callers[i], tokens, i, document.Digest);
            }

            if (actual != expected)
            {
                wrong.Add($"{method} ({variant}): wanted {expected}, given {actual}");
            }
        }

        Assert.IsEmpty(wrong, $"{Roles}\n{string.Join('\n', wrong)}");
    }

    private static async Task<char> AskAsync(World world, NodeClient client, string method, string variant, Account? caller, string?[] tokens, int role, ByteString document)
    {
        var parties = world.Parties;
        var options = NodeClient.Options(tokens[role]);
        var self = caller ?? world.Stranger;
        var signer = variant.EndsWith("the caller", StringComparison.Ordinal) ? self : parties.Citizen;
        var verdict = RefusalReason.None;
        var reason = await NodeClient.ReasonAsync(async () =>
        {
            switch (method.Split('/')[^2..])
            {
                case ["privchain.v1.Ledger", "GetGenesis"]:
                    await client.Ledger.GetGenesisAsync(new GetGenesisRequest(), options);
                    break;
                case ["privchain.v1.Ledger", "Append"]:
                    await client.Ledger.AppendAsync(new AppendRequest { Entry = Asked() }, options);
                    break;
                case ["privchain.v1.Ledger", "AppendBatch"]:
                    verdict = (RefusalReason)(await client.Ledger.AppendBatchAsync(new AppendBatchRequest { Entries = { Asked() } }, options)).Verdicts[0].Reason;
                    break;
                case ["privchain.v1.Ledger", "GetEntries"]:
                    Assert.HasCount(2, (await client.Ledger.GetEntriesAsync(new GetEntriesRequest { Count = 2 }, options)).Entries);
                    break;
                case ["privchain.v1.Ledger", "GetCheckpoint"]:
                    await client.Ledger.GetCheckpointAsync(new GetCheckpointRequest { AtLeastSize = 1, Witnessed = true }, options);
                    break;
                case ["privchain.v1.Ledger", "GetInclusionProof"]:
                    await client.Ledger.GetInclusionProofAsync(new GetInclusionProofRequest { Index = 1, Size = 2 }, options);
                    break;
                case ["privchain.v1.Ledger", "GetConsistencyProof"]:
                    await client.Ledger.GetConsistencyProofAsync(new GetConsistencyProofRequest { OldSize = 1, NewSize = 2 }, options);
                    break;
                case ["privchain.v1.Ledger", "Follow"]:
                    await FirstAsync(client.Ledger.Follow(new FollowRequest(), options));
                    break;
                case ["privchain.v1.Ledger", "FindEntry"]:
                    await client.Ledger.FindEntryAsync(new FindEntryRequest { Digest = Bytes(world.Consent) }, options);
                    break;
                case ["privchain.v1.Ledger", "ListEntries"]:
                    await client.Ledger.ListEntriesAsync(new ListEntriesRequest { Account = NodeClient.Bytes(parties.Citizen.Address.ToArray()), Count = 10 }, options);
                    break;
                case ["privchain.v1.Ledger", "SearchTrail"]:
                    await client.Ledger.SearchTrailAsync(new SearchTrailRequest { Size = 1, Count = 10 }, options);
                    break;
                case ["privchain.v1.Ledger", "GetTrailCase"]:
                    await client.Ledger.GetTrailCaseAsync(new GetTrailCaseRequest { Index = 0, Size = 1 }, options);
                    break;
                case ["privchain.v1.Documents", "PutDocument"]:
                    await client.Documents.PutDocumentAsync(new PutDocumentRequest { Content = Bytes(LedgerFixture.RandomDigest()) }, options);
                    break;
                case ["privchain.v1.Endorsements", "GetCollateral"]:
                    await client.Endorsements.GetCollateralAsync(new GetCollateralRequest { Maa = new MaaInstance { Issuer = "https://example.org" } }, options);
                    break;
                case ["privchain.v1.Documents", "GetDocument"]:
                    await client.Documents.GetDocumentAsync(new GetDocumentRequest { Digest = document }, options);
                    break;
                case ["privchain.v1.Vault", "PutRecords"]:
                    var anchored = new Schemas.V1.AnchoredRecord { AnchorEntry = Asked(), SealedRecord = ByteString.CopyFrom(1, 2, 3) };
                    verdict = (RefusalReason)(await client.Vault.PutRecordsAsync(new PutRecordsRequest { Records = { anchored } }, options)).Verdicts[0].Reason;
                    break;
                case ["privchain.v1.Vault", "GetRecord"]:
                    var record = variant == "of the citizen" ? world.Record : LedgerFixture.RandomDigest();
                    await client.Vault.GetRecordAsync(new GetRecordRequest { Digest = Bytes(record) }, options);
                    break;
                case ["privchain.v1.Vault", "ListRecords"]:
                    var listed = (await client.Vault.ListRecordsAsync(new ListRecordsRequest { Count = 100 }, options)).Records;
                    Assert.AreEqual(caller == parties.Citizen, listed.Count > 0, "only the holder's own are listed");
                    break;
                case ["privchain.v1.Vault", "EraseRecord"]:
                    var erasure = parties.As(signer).Erase(LedgerFixture.RandomDigest(), new StatedReason("-", LedgerFixture.RandomDigest()));
                    await client.Vault.EraseRecordAsync(new EraseRecordRequest { EraseEntry = NodeClient.Bytes(erasure.ToArray()) }, options);
                    break;
                case ["privchain.v1.Vault", "PutConsent"]:
                    var grant = parties.As(signer).Grant(LedgerFixture.RandomDigest(), parties.Institution.Address, 0, ulong.MaxValue, 1, 1, LedgerFixture.Details());
                    var package = new ConsentPackage([new BrokerBoxes(parties.Broker.Address, [1], [1])]).ToArray();
                    await client.Vault.PutConsentAsync(new PutConsentRequest { ConsentEntry = NodeClient.Bytes(grant.ToArray()), Package = NodeClient.Bytes(package) }, options);
                    break;
                case ["privchain.v1.Vault", "GetConsent"]:
                    await client.Vault.GetConsentAsync(new GetConsentRequest { Digest = Bytes(world.Consent) }, options);
                    break;
                case ["privchain.v1.Vault", "PutAuditCopies"]:
                    var put = new OutgoingAuditCopy
                    {
                        Use = Bytes(variant.Contains("no use", StringComparison.Ordinal) ? LedgerFixture.RandomDigest() : world.Use),
                        Regulator = NodeClient.Bytes((variant.EndsWith("the regulator", StringComparison.Ordinal) ? parties.Regulator : self).Address.ToArray()), Box = ByteString.CopyFrom(1),
                    };
                    await client.Vault.PutAuditCopiesAsync(new PutAuditCopiesRequest { Copies = { put } }, options);
                    break;
                case ["privchain.v1.Vault", "GetAuditCopy"]:
                    var copied = variant.EndsWith("no use", StringComparison.Ordinal) ? LedgerFixture.RandomDigest() : world.Use;
                    await client.Vault.GetAuditCopyAsync(new GetAuditCopyRequest { Use = Bytes(copied) }, options);
                    break;
                case ["privchain.v1.Inbox", "LookupKey"]:
                    await client.Inbox.LookupKeyAsync(new LookupKeyRequest { Account = NodeClient.Bytes(parties.Citizen.Address.ToArray()) }, options);
                    break;
                case ["privchain.v1.Inbox", "RegisterKey"]:
                    await RegisterAsync(client, signer, parties.Domain, tokens[role]);
                    break;
                case ["privchain.v1.Inbox", "Send"]:
                    await client.Inbox.SendAsync(Message(parties.Citizen), options);
                    break;
                case ["privchain.v1.Inbox", "Receive"]:
                    using (var call = client.Inbox.Receive(new ReceiveRequest(), options))
                    {
                        await call.ResponseStream.ReadAllAsync().ToListAsync();
                    }

                    break;
                case ["privchain.v1.Inbox", "Remove"]:
                    await client.Inbox.RemoveAsync(new RemoveRequest { Id = await WaitingAsync(signer, signer == self && role != 0 ? role : 1) }, options);
                    break;
                case ["privchain.v1.SignIn", "Challenge"]:
                    await client.SignIn.ChallengeAsync(new ChallengeRequest { Account = NodeClient.Bytes(self.Address.ToArray()) }, options);
                    break;
                case ["privchain.v1.SignIn", "Exchange"]:
                    await client.SignIn.ExchangeAsync(new ExchangeRequest { Message = "let me in", Signature = NodeClient.Bytes(self.Sign(default).ToArray()) }, options);
                    break;
                case ["privchain.v1.Refusals", "Count"]:
                    await client.Refusals.CountAsync(new CountRefusalsRequest(), options);
                    break;
                case ["privchain.v1.Refusals", "PutTallies"]:
                    var told = new OutgoingTally
                    {
                        Regulator = NodeClient.Bytes((variant == "for the regulator" ? parties.Regulator : self).Address.ToArray()), Box = ByteString.CopyFrom(1),
                    };
                    await client.Refusals.PutTalliesAsync(new PutTalliesRequest { Tallies = { told } }, options);
                    break;
                case ["privchain.v1.Refusals", "ListTallies"]:
                    await client.Refusals.ListTalliesAsync(new ListTalliesRequest(), options);
                    break;
                case ["privchain.v1.Enclave", "Identify"]:
                    await client.Enclave.IdentifyAsync(new IdentifyRequest { Nonce = Bytes(LedgerFixture.RandomDigest()) }, options);
                    break;
                case ["privchain.v1.SingleQuery", "Ask"]:
                    using (var call = client.SingleQuery.Ask(new AskRequest { Open = new SessionOpen(), Queries = new SealedQueries() }, options))
                    {
                        await call.ResponseStream.MoveNext(CancellationToken.None);
                    }

                    break;
                case ["privchain.v1.Enclave", "Query"]:
                    using (var call = client.Enclave.Query(options))
                    {
                        await call.ResponseStream.MoveNext(CancellationToken.None);
                    }

                    break;
                case ["grpc.health.v1.Health", "Check"]:
                    await new Health.HealthClient(client.Invoker).CheckAsync(new HealthCheckRequest(), options);
                    break;
                case ["grpc.health.v1.Health", "Watch"]:
                    await FirstAsync(new Health.HealthClient(client.Invoker).Watch(new HealthCheckRequest(), options));
                    break;
                default:
                    Assert.Fail($"no call is written for {method}");
                    break;
            }
        });

        return (reason == RefusalReason.None ? verdict : reason) switch
        {
            RefusalReason.None => '.',
            RefusalReason.NotSignedIn => 'S',
            RefusalReason.NotAllowed => 'A',
            RefusalReason.NotFound => 'F',
            RefusalReason.Malformed => 'M',
            RefusalReason.UnknownReference => 'R',
            RefusalReason.RecordMissing => 'N',
            RefusalReason.Unavailable => 'U',
            _ => '?',
        };

        ByteString Asked() => NodeClient.Bytes(world.Anchor(
            LedgerFixture.RandomDigest(),
            variant.EndsWith("the caller", StringComparison.Ordinal) ? self : parties.Issuer,
            variant.StartsWith("anchor about and", StringComparison.Ordinal) ? self.Address : parties.Citizen.Address).ToArray());

        // A message that waits for this account, read with its owner's token.
        async Task<ulong> WaitingAsync(Account owner, int ownersRole)
        {
            await client.Inbox.SendAsync(Message(owner), NodeClient.Options(tokens[1]));
            using var call = client.Inbox.Receive(new ReceiveRequest(), NodeClient.Options(tokens[ownersRole]));
            return (await call.ResponseStream.ReadAllAsync().ToListAsync())[^1].Id;
        }
    }

    private static ByteString Bytes(Digest digest) => NodeClient.Bytes(digest.ToArray());

    private static SendRequest Message(Account to) =>
        new() { Messages = { new OutgoingMessage { To = NodeClient.Bytes(to.Address.ToArray()), Box = ByteString.CopyFrom(1, 2, 3) } } };

    private static async Task RegisterAsync(NodeClient client, Account account, LedgerDomain domain, string? token)
    {
        using var key = HpkePrivateKey.Generate(HpkeKem.X25519);
        var statement = KeyStatement.Sign(domain, account, key.PublicKey, LedgerFixture.StartSeconds);
        await client.Inbox.RegisterKeyAsync(new RegisterKeyRequest { Statement = NodeClient.Bytes(statement.ToArray()) }, NodeClient.Options(token));
    }

    private static async Task FirstAsync<T>(AsyncServerStreamingCall<T> call)
    {
        using (call)
        {
            Assert.IsTrue(await call.ResponseStream.MoveNext(CancellationToken.None));
        }
    }
}
