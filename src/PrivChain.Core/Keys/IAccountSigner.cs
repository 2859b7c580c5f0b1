using PrivChain.Core.Bytes;
using PrivChain.Core.Suites;

namespace PrivChain.Core.Keys;

/// <summary>Whoever signs for an account: a key in this process, or a wallet elsewhere that shows the person what it is asked to sign and may say no.</summary>
public interface IAccountSigner
{
    /// <summary>The account.</summary>
    AccountAddress Address { get; }

    /// <summary>The algorithms it signs with.</summary>
    Suite Suite { get; }

    /// <summary>Signs an EIP-712 document.</summary>
    /// <param name="digest">What is signed.</param>
    /// <param name="json">The document that has this digest, as <c>eth_signTypedData_v4</c> takes it; asked for by signers that show it.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>A signature of <see cref="Address"/> over the digest.</returns>
    /// <exception cref="Refusals.RefusalException">Why it was not signed.</exception>
    ValueTask<AccountSignature> SignTypedAsync(Digest digest, Func<string> json, CancellationToken cancellationToken = default);

    /// <summary>Signs a text by EIP-191.</summary>
    /// <param name="digest">What is signed.</param>
    /// <param name="message">The text that has this digest, as <c>personal_sign</c> takes it.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>A signature of <see cref="Address"/> over the digest.</returns>
    /// <exception cref="Refusals.RefusalException">Why it was not signed.</exception>
    ValueTask<AccountSignature> SignMessageAsync(Digest digest, string message, CancellationToken cancellationToken = default);
}
