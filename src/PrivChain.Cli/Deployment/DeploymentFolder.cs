using System.Security.Cryptography;
using System.Text;
using PrivChain.Attestation.Simulated;
using PrivChain.Core.Bytes;
using PrivChain.Core.Keys;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Core.Suites;
using PrivChain.Core.Tree;
using PrivChain.Node.Storage;

namespace PrivChain.Cli.Deployment;

/// <summary>
/// Where one deployment on one machine lies: <c>node/</c> is the operator's whole disk, <c>enclave/</c> the enclave's sealed state and its simulated root, <c>witness/</c> the
/// witness's store, <c>keys/</c> the secrets of governor, log and witness. In a real deployment each of these is another party's machine.
/// </summary>
internal sealed class DeploymentFolder
{
    private const string WitnessKeyName = "witness.privchain.local";
    private const ulong SessionSeconds = 86_400;

    public DeploymentFolder(string root) => Root = Path.GetFullPath(root);

    public string Root { get; }

    public string Node => Path.Combine(Root, "node");

    public string Enclave => Path.Combine(Root, "enclave");

    public string EnclaveState => Path.Combine(Enclave, "state");

    public string SimulatedRoot => Path.Combine(Enclave, "simulated-root");

    public string Witness => Path.Combine(Root, "witness");

    public string Heads => Path.Combine(Root, "heads");

    public string GovernorKey => Path.Combine(Root, "keys", "governor");

    public string LogKey => Path.Combine(Root, "keys", "log");

    public string WitnessKey => Path.Combine(Root, "keys", "witness");

    public string GenesisFile => Path.Combine(Root, "genesis.json");

    public string AddressFile => Path.Combine(Root, "deployment.json");

    public bool Exists => File.Exists(GenesisFile);

    public static string WitnessName => WitnessKeyName;

    /// <summary>Makes all keys and the genesis, or finds those of an earlier start.</summary>
    /// <param name="name">Of the deployment.</param>
    /// <param name="time">When it is made.</param>
    /// <param name="suite">Null for an earlier deployment's own, and the international one for a new one.</param>
    /// <param name="authorities">DER of the authorities that certify organisations' names; null for an earlier deployment's own, and none for a new one.</param>
    /// <exception cref="RefusalException"><see cref="RefusalReason.WrongSuite"/> or <see cref="RefusalReason.BadSettings"/>: an earlier deployment has another suite, or other authorities, for ever.</exception>
    public Genesis Prepare(string name, TimeProvider time, Suite? suite = null, IReadOnlyList<ReadOnlyMemory<byte>>? authorities = null)
    {
        var certify = authorities?.Select(der => Convert.ToBase64String(der.Span)).Distinct().Order(StringComparer.Ordinal).ToList();
        foreach (var folder in (string[])[Root, Node, Enclave, Witness, Path.GetDirectoryName(LogKey)!])
        {
            PrivateFile.MakeFolder(folder);
        }

        if (Exists)
        {
            var earlier = ReadGenesis();
            if (suite is not null && suite != earlier.Algorithms)
            {
                throw new RefusalException(new Refusal(RefusalReason.WrongSuite, $"the deployment in {Root} has the suite {earlier.Algorithms}, not {suite}"));
            }

            return certify is null || certify.ToHashSet().SetEquals(earlier.CertificateAuthorities)
                ? earlier
                : throw new RefusalException(new Refusal(
                    RefusalReason.BadSettings, $"the deployment in {Root} was made with {earlier.CertificateAuthorities.Count} certificates of authorities, other than the {certify.Count} given, and they cannot be changed"));
        }

        suite ??= Suite.International;

        // A start that died before the genesis was written left keys behind: they are used, since nothing was signed with them yet.
        var governor = Secret(GovernorKey, () =>
        {
            using var account = Account.Generate(suite);
            var key = new byte[Account.PrivateKeySize];
            account.ExportPrivateKey(key);
            return key;
        });
        using var governorAccount = Account.FromPrivateKey(suite, governor);
        CryptographicOperations.ZeroMemory(governor);
        using var witness = new Ed25519Key(Secret(WitnessKey, () => RandomNumberGenerator.GetBytes(Ed25519Key.SeedSize)));
        using var root = MakeSimulatedRoot();
        var nonce = new Digest(RandomNumberGenerator.GetBytes(Digest.Size));
        var origin = "privchain.local/" + nonce.ToString()[2..18];
        using var log = new LogSigner(suite, origin, Secret(LogKey, () => RandomNumberGenerator.GetBytes(Ed25519Key.SeedSize)));
        var logKeys = log.VerifierKeys;
        var genesis = new Genesis
        {
            CertificateAuthorities = certify ?? [],
            ChainId = 7_700,
            CreatedAt = UnixTime.Milliseconds(time.GetUtcNow()),
            EvidenceRoots = [root.Name],
            GovernorThreshold = 1,
            Governors = [governorAccount.Address],
            LogKey = logKeys.Single(static key => key.Type == NoteKeyType.Ed25519).ToString(),
            LogKeySm2 = logKeys.SingleOrDefault(static key => key.Type == NoteKeyType.Sm2)?.ToString(),
            MaxSessionSeconds = SessionSeconds,
            MinimumSvn = 1,
            Name = name,
            Nonce = nonce,
            Origin = origin,
            RegulatorApprovals = 1,
            Suite = suite.Name,
            WitnessQuorum = 1,
            Witnesses = [new NoteVerifierKey(WitnessKeyName, NoteKeyType.Cosignature, witness.PublicKey).ToString()],
        };

        // Judged before it stands: what cannot be read would be in the way of every later start.
        Genesis.Parse(genesis.ToArray()).OrThrow();
        PrivateFile.WriteNew(GenesisFile, genesis.ToArray());
        return ReadGenesis();
    }

    public Genesis ReadGenesis() => Exists
        ? Genesis.Parse(File.ReadAllBytes(GenesisFile)).OrThrow()
        : throw new RefusalException(new Refusal(RefusalReason.NotFound, $"no deployment in {Root}: wanted genesis.json, which `privchain up` makes"));

    /// <summary>The governor's account, which enrols.</summary>
    public Account OpenGovernor()
    {
        if (!File.Exists(GovernorKey))
        {
            throw new RefusalException(new Refusal(RefusalReason.NotFound, $"no governor key at {GovernorKey}"));
        }

        return Account.FromPrivateKey(ReadGenesis().Algorithms, SeedFile.Read(GovernorKey));
    }

    private static byte[] Secret(string path, Func<byte[]> make)
    {
        if (!File.Exists(path))
        {
            PrivateFile.WriteNew(path, Encoding.ASCII.GetBytes(Hex.Encode(make()) + "\n"));
        }

        return SeedFile.Read(path);
    }

    private SimulatedRoot MakeSimulatedRoot()
    {
        if (!File.Exists(SimulatedRoot))
        {
            using var fresh = Attestation.Simulated.SimulatedRoot.Generate();
            PrivateFile.WriteNew(SimulatedRoot, fresh.ExportSecret());
        }

        return Attestation.Simulated.SimulatedRoot.Import(File.ReadAllBytes(SimulatedRoot));
    }
}
