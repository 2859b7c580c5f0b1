namespace PrivChain.EndToEnd.Tests;

/// <summary>
/// One deployment for the tests of all classes that leave its processes running, look at their own parties alone, and count nothing of the whole ledger: processes take longer to start than most stories to be told.
/// </summary>
[TestClass]
public sealed class SharedWorld
{
    private static readonly Lazy<Task<World>> _world = new(() => World.StartAsync());

    internal static Task<World> OpenAsync() => _world.Value;

    /// <summary>Parties that nobody else has.</summary>
    internal static async Task<World> JoinAsync() => await (await OpenAsync()).JoinAsync();

    [AssemblyCleanup]
    public static async Task StopAsync()
    {
        if (_world is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
        {
            await _world.Value.Result.DisposeAsync();
        }
    }
}
