using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using PrivChain.Attestation.Collateral.Http;

namespace PrivChain.Attestation.Tests.Collateral;

/// <summary>What services do on bad days: each ends in an answer or in one named failure, within bounds.</summary>
[TestClass]
public sealed class VendorHttpTests
{
    private static readonly CollateralHttpOptions _options = new() { Pause = TimeSpan.FromMilliseconds(1), Timeout = TimeSpan.FromSeconds(60), MaxSize = 1000 };

    [TestMethod]
    [DataRow(500)]
    [DataRow(502)]
    [DataRow(503)]
    [DataRow(408)]
    [DataRow(429)]
    public async Task Get_FailsOnceThenAnswers_IsAskedAgain(int status)
    {
        var first = true;
        await using var service = await LoopbackService.StartAsync(async context =>
        {
            context.Response.StatusCode = first ? status : 200;
            first = false;
            await context.Response.WriteAsync("yes");
        });
        using var http = new VendorHttp(service.Address, _options);
        CollectionAssert.AreEqual("yes"u8.ToArray(), (await http.GetAsync("/item", CancellationToken.None))!.Body);
        Assert.HasCount(2, service.Asked);
    }

    [TestMethod]
    public async Task Get_FailsAlways_GivesUpAfterTheRetries()
    {
        await using var service = await Status(500);
        using var http = new VendorHttp(service.Address, _options);
        var failure = await FailureAsync(http);
        Assert.AreEqual(500, (int)failure.StatusCode!);
        Assert.HasCount(1 + _options.Retries, service.Asked);
    }

    [TestMethod]
    [DataRow(400)]
    [DataRow(401)]
    [DataRow(403)]
    [DataRow(204)]
    public async Task Get_OtherStatus_FailsAtOnce(int status)
    {
        await using var service = await Status(status);
        using var http = new VendorHttp(service.Address, _options);
        Assert.AreEqual(status, (int)(await FailureAsync(http)).StatusCode!);
        Assert.HasCount(1, service.Asked);
    }

    [TestMethod]
    public async Task Get_NotThere_IsAnAnswer()
    {
        await using var service = await Status(404);
        using var http = new VendorHttp(service.Address, _options);
        Assert.IsNull(await http.GetAsync("/item", CancellationToken.None));
        Assert.HasCount(1, service.Asked);
    }

    [TestMethod]
    public async Task Get_NoAnswerInTime_FailsAfterTheRetries()
    {
        await using var service = await LoopbackService.StartAsync(context => new TaskCompletionSource().Task.WaitAsync(context.RequestAborted));
        using var http = new VendorHttp(service.Address, _options with { Timeout = TimeSpan.FromMilliseconds(200), Retries = 1 });
        Assert.Contains("no answer within", (await FailureAsync(http)).Message);
    }

    [TestMethod]
    public async Task Get_BodyThatNeverEnds_FailsInTime()
    {
        await using var service = await LoopbackService.StartAsync(async context =>
        {
            await context.Response.WriteAsync("a");
            await context.Response.Body.FlushAsync();
            await new TaskCompletionSource().Task.WaitAsync(context.RequestAborted);
        });
        using var http = new VendorHttp(service.Address, _options with { Timeout = TimeSpan.FromMilliseconds(500), Retries = 1 });
        Assert.Contains("no answer within", (await FailureAsync(http)).Message);
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public async Task Get_LargerThanTheLimit_FailsWithAndWithoutAStatedLength(bool stated)
    {
        foreach (var (size, fits) in new[] { (1000, true), (1001, false) })
        {
            await using var service = await LoopbackService.StartAsync(async context =>
            {
                context.Response.ContentLength = stated ? size : null;
                await context.Response.Body.WriteAsync(new byte[size]);
            });
            using var http = new VendorHttp(service.Address, _options);
            if (fits)
            {
                Assert.HasCount(size, (await http.GetAsync("/item", CancellationToken.None))!.Body);
            }
            else
            {
                _ = await FailureAsync(http);
                Assert.HasCount(1, service.Asked);
            }
        }
    }

    [TestMethod]
    [DataRow(301)]
    [DataRow(302)]
    [DataRow(307)]
    [DataRow(308)]
    public async Task Get_Redirect_IsNotFollowed(int status)
    {
        await using var target = await Status(200);
        await using var service = await LoopbackService.StartAsync(context =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers.Location = target.Address.AbsoluteUri;
            return Task.CompletedTask;
        });
        using var http = new VendorHttp(service.Address, _options);
        Assert.Contains("redirects", (await FailureAsync(http)).Message);
        Assert.IsEmpty(target.Asked);

        // A handler of the caller's that does follow is found out by where the answer came from.
        using var handler = new HttpClientHandler { AllowAutoRedirect = true };
        using var follows = new VendorHttp(service.Address, _options with { Handler = handler });
        Assert.Contains("redirects", (await FailureAsync(follows)).Message);
    }

    [TestMethod]
    public async Task Get_RetryAfter_IsObeyedUpToTheLongestPause()
    {
        foreach (var (seconds, paused) in new[] { (7, 7), (3600, 10) })
        {
            var first = true;
            await using var service = await LoopbackService.StartAsync(context =>
            {
                context.Response.StatusCode = first ? 429 : 200;
                context.Response.Headers.RetryAfter = $"{seconds}";
                first = false;
                return Task.CompletedTask;
            });
            var time = new ShortPauses(TimeSpan.FromSeconds(11));
            using var http = new VendorHttp(service.Address, _options with { Time = time });
            Assert.IsNotNull(await http.GetAsync("/item", CancellationToken.None));
            CollectionAssert.Contains(time.Pauses, TimeSpan.FromSeconds(paused));
        }
    }

    [TestMethod]
    public async Task Get_NobodyListens_IsAFailure()
    {
        Uri gone;
        await using (var service = await Status(200))
        {
            gone = service.Address;
        }

        using var http = new VendorHttp(gone, _options);
        _ = await FailureAsync(http);
    }

    [TestMethod]
    public async Task Get_ServiceBelowAPath_IsAskedThere()
    {
        await using var service = await Status(200);
        using var http = new VendorHttp(new Uri(service.Address, "/metadata/THIM/"), _options);
        _ = await http.GetAsync("/item?x=1", CancellationToken.None);
        CollectionAssert.AreEqual(new[] { "/metadata/THIM/item?x=1" }, service.Asked.ToList());
    }

    [TestMethod]
    [DataRow("ftp://host")]
    [DataRow("file:///etc/passwd")]
    [DataRow("https://host/?q=1")]
    [DataRow("https://user:word@host/")]
    [DataRow("https://host/#part")]
    public void Make_OtherAddress_Throws(string address) => Assert.ThrowsExactly<ArgumentException>(() => new VendorHttp(new Uri(address), _options));

    private static Task<LoopbackService> Status(int status) => LoopbackService.StartAsync(context =>
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    });

    private static async Task<HttpRequestException> FailureAsync(VendorHttp http) => await Assert.ThrowsAsync<HttpRequestException>(async () => await http.GetAsync("/item", CancellationToken.None));

    /// <summary>Real time, except that pauses shorter than a limit pass at once and are remembered; time limits of attempts, which are longer, stay.</summary>
    private sealed class ShortPauses(TimeSpan below) : TimeProvider
    {
        private readonly ConcurrentQueue<TimeSpan> _pauses = new();

        public List<TimeSpan> Pauses => [.. _pauses];

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime >= below || dueTime < TimeSpan.Zero)
            {
                return base.CreateTimer(callback, state, dueTime, period);
            }

            _pauses.Enqueue(dueTime);
            return base.CreateTimer(callback, state, TimeSpan.Zero, period);
        }
    }
}
