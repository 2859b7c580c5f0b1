using PrivChain.Core.Refusals;

namespace PrivChain.Enclave.Start;

/// <summary>The command line: the only configuration there is. None of it can weaken a check; a lie in it leads to a refusal later.</summary>
internal sealed record EnclaveOptions
{
    /// <summary>What to do about the command line, in one line for the operator.</summary>
    public const string Usage =
        "PrivChain.Enclave --genesis FILE --node URL --socket PATH --state DIR --evidence simulated --simulated-root FILE [--roles broker,worker] | --measure";

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

    /// <summary>File with the root key of simulated evidence.</summary>
    public string SimulatedRoot { get; init; } = string.Empty;

    /// <summary>Reads the arguments; an unknown, repeated or missing one is refused, and so is evidence other than simulated.</summary>
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
        string[] wanted = ["--genesis", "--node", "--socket", "--state", "--evidence", "--simulated-root", "--roles"];
        if (given.Keys.Except(wanted).FirstOrDefault() is { } unknown)
        {
            return Bad("unknown argument " + unknown);
        }

        if (wanted.FirstOrDefault(name => !given.TryGetValue(name, out var value) || value.Length == 0) is { } missing)
        {
            return Bad("missing " + missing);
        }

        // A second source would be chosen here, by name: there is no automatic fall-back to simulation.
        if (given["--evidence"] != "simulated")
        {
            return Bad("--evidence: wanted simulated, given " + given["--evidence"]);
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
            SimulatedRoot = given["--simulated-root"],
        };
    }

    private static Verdict<EnclaveOptions> Bad(string fault) => Verdict<EnclaveOptions>.Refuse(RefusalReason.BadSettings, fault + "; usage: " + Usage);
}
