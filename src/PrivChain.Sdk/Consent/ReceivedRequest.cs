using PrivChain.Core.Bytes;
using PrivChain.Core.Documents;

namespace PrivChain.Sdk.Consent;

/// <summary>A request that an enrolled institution signed, out of the person's inbox.</summary>
/// <param name="Institution">The institution's account, whose signature was checked.</param>
/// <param name="Request">What it asks.</param>
/// <param name="SentAt">When, as the institution says.</param>
/// <param name="MessageId">Number in the inbox.</param>
public sealed record ReceivedRequest(AccountAddress Institution, ConsentRequest Request, DateTimeOffset SentAt, ulong MessageId);
