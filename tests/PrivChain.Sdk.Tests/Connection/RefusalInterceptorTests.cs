using Grpc.Core;
using PrivChain.Core.Refusals;
using PrivChain.Sdk.Connection;

namespace PrivChain.Sdk.Tests.Connection;

[TestClass]
public sealed class RefusalInterceptorTests
{
    [TestMethod]
    [DataRow("36", RefusalReason.Revoked)]
    [DataRow("0", RefusalReason.Unavailable)]
    [DataRow("9999", RefusalReason.Unavailable)]
    [DataRow("-36", RefusalReason.Unavailable)]
    [DataRow("revoked", RefusalReason.Unavailable)]
    public void Map_Trailer_NamesTheReasonOrFallsBack(string trailer, RefusalReason reason) =>
        Assert.AreEqual(reason, RefusalInterceptor.Map(new RpcException(new Status(StatusCode.Unavailable, ""), new Metadata { { RefusalInterceptor.ReasonTrailer, trailer } })).Reason);

    [TestMethod]
    [DataRow(StatusCode.DeadlineExceeded, RefusalReason.Deadline)]
    [DataRow(StatusCode.NotFound, RefusalReason.NotFound)]
    [DataRow(StatusCode.PermissionDenied, RefusalReason.NotAllowed)]
    [DataRow(StatusCode.Unauthenticated, RefusalReason.NotSignedIn)]
    [DataRow(StatusCode.ResourceExhausted, RefusalReason.Overloaded)]
    [DataRow(StatusCode.Unknown, RefusalReason.Unavailable)]
    public void Map_StatusAlone_IsMapped(StatusCode status, RefusalReason reason) =>
        Assert.AreEqual(reason, RefusalInterceptor.Map(new RpcException(new Status(status, ""))).Reason);
}
