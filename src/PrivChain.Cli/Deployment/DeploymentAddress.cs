using System.Text.Json;
using System.Text.Json.Nodes;
using PrivChain.Core.Json;
using PrivChain.Core.Refusals;

namespace PrivChain.Cli.Deployment;

/// <summary>Where the processes of a running deployment are reached: <c>deployment.json</c>, written at each start. It is a hint; what is reached there proves itself.</summary>
internal sealed record DeploymentAddress(Uri Node, Uri Web, Uri Witness, string EnclaveSocket)
{
    public const string Format = "privchain-deployment/1";

    public byte[] ToArray() => System.Text.Encoding.UTF8.GetBytes(new JsonObject
    {
        ["format"] = Format,
        ["node"] = Node.ToString(),
        ["web"] = Web.ToString(),
        ["witness"] = Witness.ToString(),
        ["enclaveSocket"] = EnclaveSocket,
    }.ToJsonString());

    public static DeploymentAddress Read(string path)
    {
        if (!File.Exists(path))
        {
            throw new RefusalException(new Refusal(RefusalReason.NotFound, $"no {path}: start the deployment with `privchain up`, or name --node and --genesis"));
        }

        var root = StrictJson.ParseObject(File.ReadAllBytes(path)).OrThrow();
        return Member("format") == Format
            && Uri.TryCreate(Member("node"), UriKind.Absolute, out var node)
            && Uri.TryCreate(Member("web"), UriKind.Absolute, out var web)
            && Uri.TryCreate(Member("witness"), UriKind.Absolute, out var witness)
            && Member("enclaveSocket") is { } socket
                ? new DeploymentAddress(node, web, witness, socket)
                : throw new RefusalException(new Refusal(RefusalReason.Malformed, $"{path} is not a {Format} file"));

        string? Member(string name) => root.TryGetProperty(name, out var element) && element.ValueKind == JsonValueKind.String ? element.GetString() : null;
    }
}
