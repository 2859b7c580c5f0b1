namespace PrivChain.EndToEnd.Tests.Durability;

/// <summary>The tool that makes system calls fail.</summary>
internal static class Strace
{
    /// <summary>Ends the test where it is not installed; under CI that is a failure.</summary>
    public static void Require()
    {
        var present = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "strace")));
        if (!present && Environment.GetEnvironmentVariable("CI") != "true")
        {
            Assert.Inconclusive("strace is not installed");
        }

        Assert.IsTrue(present, "strace is not installed");
    }
}
