using System.CommandLine;
using PrivChain.Cli.Demo;

namespace PrivChain.Cli.Commands;

/// <summary><c>demo</c>: the whole main job on this machine.</summary>
internal static class DemoCommand
{
    private static readonly Option<string?> _out = new("--out") { Description = "Empty folder to write to; none: a fresh one under ./privchain-demo." };
    private static readonly Option<string?> _data = new("--data") { Description = "Folder with credit/, fhir/ and census/: tell the story on this input." };
    private static readonly Option<bool> _serve = new("--serve") { Description = "Leave the deployment up until Ctrl-C." };

    public static Command Make() => CommandMaker.Make(
        "demo", "Runs the whole main job: enrol, issue, publish, consent, query, everything that must fail, verify offline.",
        "privchain demo --out ./story", run => DemoRun.RunAsync(run, run.Optional(_out), run.Optional(_data), run.Optional(_serve), Common.SuiteOf(run)), _out, _data, _serve, Common.Suite);
}
