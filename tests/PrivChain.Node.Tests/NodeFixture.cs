using Microsoft.AspNetCore.Builder;
using PrivChain.Cli.Witness;
using PrivChain.Core.Bytes;
using PrivChain.Core.Documents;
using PrivChain.Core.Hpke;
using PrivChain.Core.Keys;
using PrivChain.Core.Ledger;
using PrivChain.Core.Tests.Ledger;
using PrivChain.Core.Tree;
using PrivChain.Node.Collateral;
using PrivChain.Sdk.Connection;
using PrivChain.Tests.Shared;

namespace PrivChain.Node.Tests;

/// <summary>A node and a witness on free loopback ports, over real channels, in a folder that goes when the test ends.</summary>
internal sealed class NodeFixture : IAsyncDisposable
{
    private readonly NodeLimits _limits;
    private RunningWitness? _witness;
    private WebApplication? _node;

    private readonly TimeProvider _time;
    private readonly string? _enclaveSocket;

    private readonly IReadOnlyList<string> _publicNames;
    private readonly Stream? _console;

    private readonly IReadOnlyList<CollateralPlace> _collateral;

    private NodeFixture(
        NodeLimits? limits, TimeProvider? time, string? enclaveSocket, IReadOnlyList<string>? publicNames, Stream? console, IReadOnlyList<CollateralPlace>? collateral)
    {
        _collateral = collateral ?? [];
        _publicNames = publicNames ?? [];
        _console = console;
        _limits = limits ?? new NodeLimits();
        _time = time ?? TimeProvider.System;
        _enclaveSocket = enclaveSocket;
    }

    public LedgerFixture Ledger { get; } = new();

    public string Folder { get; } = Directory.CreateTempSubdirectory("privchain-node-").FullName;

    public Uri Address { get; private set; } = null!;

    public Uri Web { get; private set; } = null!;

    public IServiceProvider Services => _node!.Services;

    public string Data => Path.Combine(Folder, "node");

    public static async Task<NodeFixture> StartAsync(
        NodeLimits? limits = null, bool witness = true, TimeProvider? time = null, string? enclaveSocket = null, IReadOnlyList<string>? publicNames = null, Stream? console = null,
        IReadOnlyList<CollateralPlace>? collateral = null)
    {
        var fixture = new NodeFixture(limits, time, enclaveSocket, publicNames, console, collateral);
        await File.WriteAllBytesAsync(Path.Combine(fixture.Folder, "genesis.json"), fixture.Ledger.Genesis.ToArray());
        OwnerOnly.Write(Path.Combine(fixture.Folder, "log.key"), Hex.Encode(fixture.Ledger.LogSeed));
        OwnerOnly.Write(Path.Combine(fixture.Folder, "witness.key"), Hex.Encode(fixture.Ledger.WitnessSeed));
        if (witness)
        {
            await fixture.StartWitnessAsync();
        }

        await fixture.StartNodeAsync();
        return fixture;
    }

    public async Task StartWitnessAsync() => _witness = await WitnessServer.StartAsync(
        new WitnessServerOptions
        {
            Listen = "127.0.0.1:0",
            KeySeedFile = Path.Combine(Folder, "witness.key"),
            Name = Ledger.WitnessKey.VerifierKey.Name,
            Logs = [(Ledger.Genesis.Origin, NoteVerifierKey.Parse(Ledger.Genesis.LogKey))],
            Folder = Path.Combine(Folder, "witness"),
        },
        CancellationToken.None);

    public NodeOptions Options(string? listen = null) => new()
    {
        DataFolder = Data,
        GenesisFile = Path.Combine(Folder, "genesis.json"),
        LogKeyFile = Path.Combine(Folder, "log.key"),
        Listen = listen ?? "http://127.0.0.1:0",
        WebListen = "http://127.0.0.1:0",
        Witnesses = [new WitnessAddress(Ledger.WitnessKey.VerifierKey.Name, _witness?.Address ?? new Uri("http://127.0.0.1:9"))],
        EnclaveSocket = _enclaveSocket,
        PublicNames = _publicNames,
        Collateral = _collateral,
        LogConsole = _console,
        Limits = _limits,
    };

    public async Task StartNodeAsync()
    {
        _node = NodeHost.Build(Options(), _time);
        await _node.StartAsync();
        var (grpc, web) = NodeHost.AddressesOf(_node);
        Address = new Uri(grpc);
        Web = new Uri(web);
    }

    public async Task StopNodeAsync()
    {
        if (_node is not null)
        {
            await _node.StopAsync();
            await _node.DisposeAsync();
            _node = null;
        }
    }

    public Task<PrivChainConnection> ConnectAsync(IHeadStore? heads = null) =>
        PrivChainConnection.OpenAsync(new ConnectionOptions { Node = Address, Genesis = Ledger.Genesis, Heads = heads, AcceptSimulatedEvidence = true });

    /// <summary>Governor's enrolment of the issuer, without end, whose profile is stored.</summary>
    public static OrganisationProfile ProfileOf(Account account, HpkePublicKey key) => new()
    {
        Account = account.Address, NameEn = "City Registry", NameZh = "市民政局", Contact = "", PostalAddress = "", Jurisdiction = "", EncryptionKey = key,
        IssuerAlgorithm = "", IssuerKey = default, Certificates = [], CertificateSignature = default,
    };

    public async Task<Entry> EnrolIssuerAsync(PrivChainConnection connection)
    {
        using var key = HpkePrivateKey.Generate(HpkeKem.X25519);
        var profile = await connection.PutDocumentAsync(Ledger.Governors[0], ProfileOf(Ledger.Issuer, key.PublicKey).ToArray());
        return Ledger.As(Ledger.Governors[0]).Enrol(LedgerRole.Issuer, Ledger.Issuer.Address, LedgerFixture.RandomDigest(), profile, 0, ulong.MaxValue);
    }

    public async ValueTask DisposeAsync()
    {
        await StopNodeAsync();
        if (_witness is not null)
        {
            await _witness.DisposeAsync();
        }

        Directory.Delete(Folder, recursive: true);
    }
}
