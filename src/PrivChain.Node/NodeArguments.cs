using PrivChain.Node.Collateral;

namespace PrivChain.Node;

/// <summary>The node's own command line: pairs of name and value. People use <c>privchain up</c>.</summary>
public static class NodeArguments
{
    private static readonly string[] _names = ["--data", "--genesis", "--log-key", "--engine", "--listen", "--web-listen", "--enclave-socket", "--witness", "--public", "--collateral", "--otlp"];

    /// <summary>Reads the arguments; every fault at once.</summary>
    public static NodeOptions? Parse(IReadOnlyList<string> arguments, out IReadOnlyList<string> faults)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        var found = new List<string>();
        faults = found;
        var values = _names.ToDictionary(name => name, _ => new List<string>());
        for (var i = 0; i < arguments.Count; i += 2)
        {
            if (!values.TryGetValue(arguments[i], out var list))
            {
                found.Add($"{arguments[i]}: unknown; wanted {string.Join(", ", _names)}");
            }
            else if (i + 1 == arguments.Count)
            {
                found.Add($"{arguments[i]}: wanted a value");
            }
            else
            {
                list.Add(arguments[i + 1]);
            }
        }

        foreach (var required in new[] { "--data", "--genesis", "--log-key" }.Where(name => values[name].Count != 1))
        {
            found.Add($"{required}: wanted once");
        }

        var witnesses = new List<WitnessAddress>();
        foreach (var text in values["--witness"])
        {
            if (WitnessAddress.TryParse(text, out var witness))
            {
                witnesses.Add(witness);
            }
            else
            {
                found.Add($"--witness {text}: wanted {WitnessAddress.Form}");
            }
        }

        var places = new List<CollateralPlace>();
        foreach (var text in values["--collateral"])
        {
            if (CollateralPlace.TryParse(text, out var place))
            {
                places.Add(place);
            }
            else
            {
                found.Add($"--collateral {text}: wanted {CollateralPlace.Form}");
            }
        }

        return found.Count > 0 ? null : new NodeOptions
        {
            DataFolder = values["--data"][0],
            GenesisFile = values["--genesis"][0],
            LogKeyFile = values["--log-key"][0],
            Engine = values["--engine"].LastOrDefault() ?? NodeOptions.EmbeddedEngine,
            Listen = values["--listen"].LastOrDefault() ?? "http://127.0.0.1:0",
            WebListen = values["--web-listen"].LastOrDefault() ?? "http://127.0.0.1:0",
            EnclaveSocket = values["--enclave-socket"].LastOrDefault(),
            Witnesses = witnesses,
            PublicNames = values["--public"],
            Collateral = places,
            OtlpEndpoint = values["--otlp"].LastOrDefault(),
            LogConsole = Console.OpenStandardError(),
        };
    }
}
