using PrivChain.Core.Documents;
using PrivChain.Core.Refusals;
using PrivChain.Node;
using PrivChain.Node.Web;

namespace PrivChain.Cli.Deployment;

/// <summary>The app built with this program, which governors enrol: its files as our own node serves them.</summary>
internal static class AppFolder
{
    /// <exception cref="RefusalException"><see cref="RefusalReason.NotFound"/>: this program was built without one.</exception>
    public static AppManifest ReadManifest() =>
        AppFiles.Read(NodeOptions.DefaultAppFolder).Manifest
        ?? throw new RefusalException(new Refusal(RefusalReason.NotFound, $"no app in {NodeOptions.DefaultAppFolder}; build src/PrivChain.Cli"));
}
