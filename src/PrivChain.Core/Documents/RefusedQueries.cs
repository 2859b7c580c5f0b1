using PrivChain.Core.Bytes;
using PrivChain.Core.Refusals;

namespace PrivChain.Core.Documents;

/// <summary>How many queries of one institution enclaves refused for one reason on one day.</summary>
/// <param name="Day">The day, by universal time.</param>
/// <param name="Institution">Who asked: the account that opened the session.</param>
/// <param name="Reason">Why; a newer enclave may know reasons that this library does not.</param>
/// <param name="Count">How many, at least one.</param>
public sealed record RefusedQueries(DateOnly Day, AccountAddress Institution, RefusalReason Reason, uint Count);
