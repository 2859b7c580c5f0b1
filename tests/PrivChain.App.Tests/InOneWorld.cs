namespace PrivChain.App.Tests;

/// <summary>Tests over one deployment: each brings people and organisations of its own, and none counts what stands on the ledger.</summary>
/// <typeparam name="TTests">The tests: each class has its own deployment.</typeparam>
public abstract class InOneWorld<TTests>
    where TTests : InOneWorld<TTests>
{
    private protected static World Shared { get; private set; } = null!;

    [ClassInitialize(InheritanceBehavior.BeforeEachDerivedClass)]
    public static async Task BeginAsync(TestContext context)
    {
        _ = context;
        Shared = await World.StartAsync();
    }

    [ClassCleanup(InheritanceBehavior.BeforeEachDerivedClass)]
    public static async Task EndAsync() => await Shared.DisposeAsync();
}
