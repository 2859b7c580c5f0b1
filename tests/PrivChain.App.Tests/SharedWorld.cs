namespace PrivChain.App.Tests;

/// <summary>
/// One deployment for the tests of all classes that bring people and organisations of their own, count nothing that stands on the ledger, and leave the contracts and organisations of others as they are: processes
/// take longer to start than most stories to be told.
/// </summary>
[TestClass]
public sealed class SharedWorld
{
    private static readonly Lazy<Task<World>> _world = new(() => World.StartAsync());

    internal static Task<World> OpenAsync() => _world.Value;

    [AssemblyCleanup]
    public static async Task StopAsync()
    {
        try
        {
            await AppBrowser.StopAsync();
        }
        finally
        {
            if (_world is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
            {
                await _world.Value.Result.DisposeAsync();
            }
        }
    }
}
