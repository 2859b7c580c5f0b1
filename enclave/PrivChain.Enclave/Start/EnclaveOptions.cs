using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Sources;
using PrivChain.Core.Refusals;

namespace PrivChain.Enclave.Start;

/// <summary>The command line: the only configuration there is. None of it can weaken a check; a lie in it leads to a refusal later.</summary>
internal sealed record EnclaveOptions
{
    /// <summary>What to do about the command line, in one line for the operator.</summary>
    public const string Usage =
        "PrivChain.Enclave --genesis FILE --node URL --socket PATH --state DIR --evidence simulated --simulated-root FILE [--roles broker,worker]"
        + " | the same with --evidence auto|sgx|sev-snp|tdx|fpga-dice|tpm [--dice-channel PATH] [--tpm TCTI] [--seal evidence|tpm] | --measure";

    /// <summary>Sealing by a TPM beside the source.</summary>
    public const string SealByTpm = "tpm";

    private const string SealByEvidence = "evidence";

    /// <summary>True to print the measurement and end.</summary>
    public bool Measure { get; init; }

    /// <summary>File with the canonical genesis.</summary>
    public string Genesis { get; init; } = string.Empty;

    /// <summary>Address of the node, on this machine.</summary>
    public Uri Node { get; init; } = new("http://127.0.0.1");

    /// <summary>Path of the Unix socket to serve on.</summary>
    public string Socket { get; init; } = string.Empty;

    /// <summary>Folder of the sealed state.</summary>
    public string State { get; init; } = string.Empty;

    /// <summary><c>simulated</c>, or one of <see cref="EvidenceSourceSelector.Names"/>.</summary>
    public string Evidence { get; init; } = EvidenceKind.Simulated;

    /// <summary>File with the root key of simulated evidence; empty for other evidence.</summary>
    public string SimulatedRoot { get; init; } = string.Empty;

    /// <summary>Path of a DICE device, or empty.</summary>
    public string DiceChannel { get; init; } = string.Empty;

    /// <summary>How tpm2-tools reach a TPM, or empty for the kernel's device.</summary>
    public string Tpm { get; init; } = string.Empty;

    /// <summary>Who gives the sealing key: the source of evidence, or <see cref="SealByTpm"/>.</summary>
    public string Seal { get; init; } = SealByEvidence;

    /// <summary>Reads the arguments; an unknown, repeated or missing one is refused, and so is one that the evidence has no use for.</summary>
    public static Verdict<EnclaveOptions> Parse(IReadOnlyList<string> arguments)
    {
        if (arguments is ["--measure"])
        {
            return new EnclaveOptions { Measure = true };
        }

        var given = new Dictionary<string, string>(StringComparer.Ordinal) { };
        for (var i = 0; i < arguments.Count; i += 2)
        {
            if (i + 1 == arguments.Count || !given.TryAdd(arguments[i], arguments[i + 1]))
            {
                return Bad($"{arguments[i]} needs one value, once");
            }
        }

        given.TryAdd("--roles", "broker,worker");
        var evidence = given.GetValueOrDefault("--evidence", string.Empty);

        // A root file beside real evidence would be a mistake that looks like a fall-back.
        string[] wanted = ["--genesis", "--node", "--socket", "--state", "--evidence", "--roles", .. evidence == EvidenceKind.Simulated ? ["--simulated-root"] : Array.Empty<string>()];
        string[] hardware = evidence == EvidenceKind.Simulated ? [] : ["--dice-channel", "--tpm", "--seal"];
        if (given.Keys.Except(wanted).Except(hardware).FirstOrDefault() is { } unknown)
        {
            return Bad("unknown argument " + unknown);
        }

        if (wanted.FirstOrDefault(name => !given.TryGetValue(name, out var value) || value.Length == 0) is { } missing)
        {
            return Bad("missing " + missing);
        }

        if (hardware.FirstOrDefault(name => given.TryGetValue(name, out var value) && value.Length == 0) is { } empty)
        {
            return Bad("no value of " + empty);
        }

        // Simulated evidence is asked for by its name: auto never gives it.
        if (evidence != EvidenceKind.Simulated && !EvidenceSourceSelector.Names.Contains(evidence, StringComparer.Ordinal))
        {
            return Bad($"--evidence: wanted {EvidenceKind.Simulated}, {string.Join(", ", EvidenceSourceSelector.Names)}, given {evidence}");
        }

        if (evidence == EvidenceKind.FpgaDice && !given.ContainsKey("--dice-channel"))
        {
            return Bad("missing --dice-channel");
        }

        if (given.GetValueOrDefault("--seal", SealByEvidence) is not (SealByEvidence or SealByTpm))
        {
            return Bad("--seal: wanted evidence or tpm, given " + given["--seal"]);
        }

        // One broker of exactly one: both roles in one process. A broker set of several needs the protocol between them, which this version does not have.
        if (given["--roles"] != "broker,worker")
        {
            return Bad("--roles: wanted broker,worker, given " + given["--roles"]);
        }

        // Loopback only: tokens and traffic patterns do not leave the machine in the clear.
        if (!Uri.TryCreate(given["--node"], UriKind.Absolute, out var node) || node.Scheme != Uri.UriSchemeHttp || !node.IsLoopback)
        {
            return Bad("--node: wanted http:// and a loopback address, given " + given["--node"]);
        }

        return new EnclaveOptions
        {
            Genesis = given["--genesis"],
            Node = node,
            Socket = given["--socket"],
            State = given["--state"],
            Evidence = evidence,
            SimulatedRoot = given.GetValueOrDefault("--simulated-root", string.Empty),
            DiceChannel = given.GetValueOrDefault("--dice-channel", string.Empty),
            Tpm = given.GetValueOrDefault("--tpm", string.Empty),
            Seal = given.GetValueOrDefault("--seal", SealByEvidence),
        };
    }

    private static Verdict<EnclaveOptions> Bad(string fault) => Verdict<EnclaveOptions>.Refuse(RefusalReason.BadSettings, fault + "; usage: " + Usage);
}
