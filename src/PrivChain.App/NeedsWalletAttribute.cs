namespace PrivChain.App;

/// <summary>Marks a page that is shown only while the person's keys are open; otherwise the way there (start, unlock) is shown in its place.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class NeedsWalletAttribute : Attribute;
