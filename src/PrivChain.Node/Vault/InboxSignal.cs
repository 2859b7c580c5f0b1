using System.Collections.Concurrent;
using PrivChain.Core.Bytes;

namespace PrivChain.Node.Vault;

/// <summary>Wakes readers that wait for messages to an account.</summary>
internal sealed class InboxSignal
{
    private readonly ConcurrentDictionary<AccountAddress, TaskCompletionSource> _waiting = [];

    /// <summary>Completes when something was sent to the account after this call.</summary>
    public Task NextAsync(AccountAddress account) => _waiting.GetOrAdd(account, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    public void Sent(AccountAddress account)
    {
        if (_waiting.TryRemove(account, out var waiting))
        {
            waiting.SetResult();
        }
    }
}
