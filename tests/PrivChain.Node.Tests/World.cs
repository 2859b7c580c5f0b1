using Microsoft.Extensions.DependencyInjection;
using PrivChain.Core.Bytes;
using PrivChain.Core.Documents;
using PrivChain.Core.Keys;
using PrivChain.Core.Ledger;
using PrivChain.Core.Tests.Ledger;
using PrivChain.Node.Ledger;
using PrivChain.Node.Vault;

namespace PrivChain.Node.Tests;

/// <summary>A node whose ledger holds one of each party, a record and a consent of the citizen. Entries go straight to the engine, past what a node asks of contracts and profiles.</summary>
internal sealed class World : IAsyncDisposable
{
    private World(NodeFixture fixture) => Fixture = fixture;

    public NodeFixture Fixture { get; }

    public LedgerFixture Parties => Fixture.Ledger;

    public Account Stranger { get; } = Account.Generate();

    public Account OtherInstitution { get; } = Account.Generate();

    public Account OtherIssuer { get; } = Account.Generate();

    public byte[] Sealed { get; } = System.Security.Cryptography.RandomNumberGenerator.GetBytes(20_000);

    public Digest Record { get; private set; }

    public Digest Consent { get; private set; }

    /// <summary>The use of <see cref="RecordUseAsync"/>.</summary>
    public Digest Use { get; private set; }

    public ILedgerEngine Engine => Fixture.Services.GetRequiredService<ILedgerEngine>();

    public RecordStore Store => Fixture.Services.GetRequiredService<RecordStore>();

    public static async Task<World> StartAsync(NodeLimits? limits = null)
    {
        var time = new ManualTime(DateTimeOffset.FromUnixTimeMilliseconds((long)LedgerFixture.Start));
        var world = new World(await NodeFixture.StartAsync(limits, time: time));
        var parties = world.Parties;
        parties.WithEverybody();
        foreach (var leaf in parties.Leaves)
        {
            Assert.IsTrue(Entry.TryParse(leaf, out var entry));
            await world.AppendAsync(entry);
        }

        var governor = parties.As(parties.Governors[0]);
        const ulong Until = LedgerFixture.StartSeconds + 1_000_000;
        await world.AppendAsync(governor.Enrol(LedgerRole.Institution, world.OtherInstitution.Address, LedgerFixture.RandomDigest(), LedgerFixture.RandomDigest(), 0, Until));
        await world.AppendAsync(governor.Enrol(LedgerRole.Issuer, world.OtherIssuer.Address, LedgerFixture.RandomDigest(), LedgerFixture.RandomDigest(), 0, Until));
        world.Record = Digest.Sha256(Labels.Record, world.Sealed);
        Assert.IsTrue(world.Store.TryPutRecords([(world.Record, world.Sealed)], null, new NodeLimits()));
        await world.AppendAsync(world.Anchor(world.Record));
        var grant = parties.Grant();
        world.Consent = grant.DocumentDigest;
        world.Store.PutConsent(world.Consent, [1, 2, 3], stands: false);
        await world.AppendAsync(grant);
        return world;
    }

    /// <summary>A use of the consent by the worker.</summary>
    public async Task<Digest> RecordUseAsync()
    {
        var use = Parties.As(Parties.Broker).Use(Consent, Parties.Worker.Address, 1, LedgerFixture.RandomDigest());
        await AppendAsync(use);
        return Use = use.DocumentDigest;
    }

    public Entry Anchor(Digest record, Account? issuer = null, AccountAddress? holder = null) =>
        Parties.As(issuer ?? Parties.Issuer).Anchor(record, holder ?? Parties.Citizen.Address, new AnchorDetails("identity-card/1", LedgerFixture.RandomDigest()));

    public async Task<Appended> AppendAsync(Entry entry) => (await Engine.AppendAsync(AuthenticEntry.Authenticate(entry, Parties.Domain).OrThrow())).OrThrow();

    public async ValueTask DisposeAsync()
    {
        await Fixture.DisposeAsync();
        Stranger.Dispose();
        OtherInstitution.Dispose();
        OtherIssuer.Dispose();
    }
}
