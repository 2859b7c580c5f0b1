using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Microsoft.AspNetCore.Http;
using PrivChain.Attestation.Azure;
using PrivChain.Attestation.Tests.Collateral;

namespace PrivChain.Attestation.Tests.Azure;

/// <summary>What goes over the wire, and what is made of the answers; the service is a server on loopback with TLS, since access tokens travel over nothing less.</summary>
[TestClass]
public sealed class AzureAttestationClientTests
{
    private static readonly X509Certificate2 _certificate = MakeCertificate();
    private static readonly byte[] _evidence = [1, 2, 3, 0xFF];

    private readonly ConcurrentQueue<(string Method, string Target, string Body, string Type, string Authorization)> _received = new();

    private Func<HttpContext, Task> _answer = context => context.Response.WriteAsync("{\"token\":\"aa.bb.cc\"}");

    [TestMethod]
    [DataRow(AzureAttestationType.SgxEnclave, "quote")]
    [DataRow(AzureAttestationType.TdxVm, "quote")]
    [DataRow(AzureAttestationType.OpenEnclave, "report")]
    public async Task Attest_Quote_SendsItWithItsDataAndGivesTheToken(AzureAttestationType type, string member)
    {
        await using var service = await StartAsync();
        var token = await Client(service).AttestAsync(
            type,
            new AttestRequest
            {
                Evidence = _evidence, RuntimeData = "{\"a\":1}"u8.ToArray(), RuntimeDataIsJson = true, InitTimeData = new byte[] { 9 }, Nonce = "n-1", DraftPolicy = "version= 1.0;",
            },
            CancellationToken.None);
        Assert.AreEqual("aa.bb.cc", Encoding.ASCII.GetString(token.Span));
        var (method, target, body, contentType, authorization) = _received.Single();
        Assert.AreEqual($"POST /attest/{type}?api-version=2025-06-01", $"{method} {target}");
        Assert.AreEqual("application/json", contentType);
        Assert.AreEqual("Bearer access", authorization);
        var wanted = new JsonObject
        {
            [member] = "AQID_w",
            ["runtimeData"] = new JsonObject { ["data"] = "eyJhIjoxfQ", ["dataType"] = "JSON" },
            ["initTimeData"] = new JsonObject { ["data"] = "CQ", ["dataType"] = "Binary" },
            ["nonce"] = "n-1",
            ["draftPolicyForAttestation"] = "version= 1.0;",
        };
        Assert.IsTrue(JsonNode.DeepEquals(wanted, JsonNode.Parse(body)), body);
    }

    [TestMethod]
    public async Task Attest_SevSnp_PutsReportAndCertificatesInsideTheReport()
    {
        await using var service = await StartAsync();
        _ = await Client(service).AttestAsync(AzureAttestationType.SevSnpVm, new AttestRequest { Evidence = _evidence, CertificateChain = "pem"u8.ToArray() }, CancellationToken.None);
        var body = JsonNode.Parse(_received.Single().Body)!.AsObject();
        Assert.HasCount(1, body, "what is absent is not sent");
        var report = JsonNode.Parse(Base64Url.DecodeFromChars((string)body["report"]!))!;
        Assert.AreEqual("AQID_w", (string?)report["SnpReport"]);
        Assert.AreEqual("cGVt", (string?)report["VcekCertChain"]);
    }

    [TestMethod]
    public async Task Attest_Tpm_CarriesTheMessageBothWays()
    {
        _answer = context => context.Response.WriteAsync("{\"data\":\"eyJjaGFsbGVuZ2UiOiIxIn0\"}");
        await using var service = await StartAsync();
        var reply = await Client(service).AttestTpmAsync("{\"payload\":{\"type\":\"aikcert\"}}"u8.ToArray(), CancellationToken.None);
        Assert.AreEqual("{\"challenge\":\"1\"}", Encoding.ASCII.GetString(reply.Span));
        Assert.AreEqual("{\"payload\":{\"type\":\"aikcert\"}}", Encoding.ASCII.GetString(Base64Url.DecodeFromChars((string)JsonNode.Parse(_received.Single().Body)!["data"]!)));
        _answer = context => context.Response.WriteAsync("{\"data\":\"!\"}");
        await Assert.ThrowsExactlyAsync<RequestFailedException>(() => Client(service).AttestTpmAsync(new byte[1], CancellationToken.None));
    }

    [TestMethod]
    public async Task Attest_KindWithoutThatEndpoint_Throws()
    {
        await using var service = await StartAsync();
        var request = new AttestRequest { Evidence = _evidence };
        await Assert.ThrowsExactlyAsync<ArgumentException>(() => Client(service).AttestAsync(AzureAttestationType.Tpm, request, CancellationToken.None));
        var old = new AzureAttestationClient(service.Address, null, Options(AzureAttestationClientOptions.ServiceVersion.V2022_08_01));
        await Assert.ThrowsExactlyAsync<ArgumentException>(() => old.AttestAsync(AzureAttestationType.TdxVm, request, CancellationToken.None));
        _ = await old.AttestAsync(AzureAttestationType.SgxEnclave, request, CancellationToken.None);
        Assert.AreEqual("/attest/SgxEnclave?api-version=2022-08-01", _received.Single().Target);
        Assert.AreEqual(string.Empty, _received.Single().Authorization, "no credential, no token");
    }

    [TestMethod]
    public async Task KeysAndMetadata_ComeAsSent()
    {
        _answer = context => context.Response.WriteAsync("{ \"keys\": [] }");
        await using var service = await StartAsync();
        Assert.AreEqual("{ \"keys\": [] }", Encoding.ASCII.GetString((await Client(service).GetKeysAsync(CancellationToken.None)).Span));
        _ = await Client(service).GetMetadataAsync(CancellationToken.None);
        CollectionAssert.AreEqual(new[] { "/certs?api-version=2025-06-01", "/.well-known/openid-configuration?api-version=2025-06-01" }, _received.Select(request => request.Target).ToList());
    }

    [TestMethod]
    public async Task Policy_SetGetReset_SendTheTokenAsText()
    {
        await using var service = await StartAsync();
        var policy = SignedPolicy.Unsigned("version= 1.0;");
        _ = await Client(service).SetPolicyAsync(AzureAttestationType.SevSnpVm, policy, CancellationToken.None);
        _ = await Client(service).ResetPolicyAsync(AzureAttestationType.SevSnpVm, SignedPolicy.Unsigned(null), CancellationToken.None);
        _ = await Client(service).GetPolicyAsync(AzureAttestationType.SevSnpVm, CancellationToken.None);
        var received = _received.ToList();
        Assert.AreEqual(("PUT", "/policies/SevSnpVm?api-version=2025-06-01", policy.Token, "text/plain", "Bearer access"), received[0]);
        Assert.AreEqual(("POST", "/policies/SevSnpVm:reset?api-version=2025-06-01", "eyJhbGciOiJub25lIn0..", "text/plain", "Bearer access"), received[1]);
        Assert.AreEqual("GET /policies/SevSnpVm?api-version=2025-06-01", $"{received[2].Method} {received[2].Target}");
    }

    [TestMethod]
    public async Task PolicyCertificates_ListAddRemove_SendTheSignedCertificateAsAJsonString()
    {
        await using var service = await StartAsync();
        var change = SignedPolicyCertificate.Sign(_certificate, _certificate);
        Assert.AreEqual("aa.bb.cc", Encoding.ASCII.GetString((await Client(service).GetPolicyCertificatesAsync(CancellationToken.None)).Span));
        _ = await Client(service).AddPolicyCertificateAsync(change, CancellationToken.None);
        _ = await Client(service).RemovePolicyCertificateAsync(change, CancellationToken.None);
        var received = _received.ToList();
        Assert.AreEqual("GET /certificates?api-version=2025-06-01", $"{received[0].Method} {received[0].Target}");
        Assert.AreEqual(("POST", "/certificates:add?api-version=2025-06-01", $"\"{change.Token}\"", "application/json", "Bearer access"), received[1]);
        Assert.AreEqual(("POST", "/certificates:remove?api-version=2025-06-01", $"\"{change.Token}\"", "application/json", "Bearer access"), received[2]);
    }

    [TestMethod]
    [DataRow(400)]
    [DataRow(401)]
    [DataRow(403)]
    [DataRow(302)]
    [DataRow(202)]
    public async Task OtherStatus_IsAFailureWithIt(int status)
    {
        _answer = context =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers.Location = "https://127.0.0.1:1/";
            return Task.CompletedTask;
        };
        await using var service = await StartAsync();
        var failure = await Assert.ThrowsExactlyAsync<RequestFailedException>(() => Client(service).GetKeysAsync(CancellationToken.None));
        Assert.AreEqual(status, failure.Status);
    }

    [TestMethod]
    public async Task FailsOnce_IsAskedAgain()
    {
        var first = true;
        _answer = context =>
        {
            context.Response.StatusCode = first ? 503 : 200;
            first = false;
            return context.Response.WriteAsync("{\"token\":\"aa.bb.cc\"}");
        };
        await using var service = await StartAsync();
        _ = await Client(service).GetPolicyAsync(AzureAttestationType.Tpm, CancellationToken.None);
        Assert.HasCount(2, _received);
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("[]")]
    [DataRow("{}")]
    [DataRow("{\"token\":1}")]
    [DataRow("{\"token\":\"a\",\"token\":\"b\"}")]
    [DataRow("<html>")]
    public async Task AnswerOfAnotherForm_IsAFailure(string answer)
    {
        _answer = context => context.Response.WriteAsync(answer);
        await using var service = await StartAsync();
        await Assert.ThrowsExactlyAsync<RequestFailedException>(() => Client(service).AttestAsync(AzureAttestationType.SgxEnclave, new AttestRequest { Evidence = _evidence }, CancellationToken.None));
    }

    [TestMethod]
    public async Task AnswerWithoutEnd_IsCutOff()
    {
        _answer = async context =>
        {
            for (var i = 0; i < 64 && !context.RequestAborted.IsCancellationRequested; i++)
            {
                await context.Response.Body.WriteAsync(new byte[64 * 1024]);
            }
        };
        await using var service = await StartAsync();
        await Assert.ThrowsExactlyAsync<RequestFailedException>(() => Client(service).GetKeysAsync(CancellationToken.None));
    }

    private static AzureAttestationClient Client(LoopbackService service) => new(service.Address, new Credential(), Options(AzureAttestationClientOptions.ServiceVersion.V2025_06_01));

    private static AzureAttestationClientOptions Options(AzureAttestationClientOptions.ServiceVersion version)
    {
        // Trusts the server of this test and nothing else.
        var handler = new HttpClientHandler { AllowAutoRedirect = false, ServerCertificateCustomValidationCallback = (_, given, _, _) => given!.RawData.AsSpan().SequenceEqual(_certificate.RawData) };
        return new AzureAttestationClientOptions(version) { Transport = new HttpClientTransport(handler), Retry = { Delay = TimeSpan.FromMilliseconds(1), MaxRetries = 1 } };
    }

    private Task<LoopbackService> StartAsync() => LoopbackService.StartAsync(
        async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            _received.Enqueue((context.Request.Method, context.Request.Path + context.Request.QueryString.Value, await reader.ReadToEndAsync(), context.Request.ContentType ?? "", context.Request.Headers.Authorization.ToString()));
            await _answer(context);
        },
        _certificate);

    private static X509Certificate2 MakeCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        return request.CreateSelfSigned(DateTimeOffset.UnixEpoch, new DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero));
    }

    private sealed class Credential : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken)
        {
            Assert.AreEqual("https://attest.azure.net/.default", requestContext.Scopes.Single());
            return new AccessToken("access", new DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero));
        }

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) => ValueTask.FromResult(GetToken(requestContext, cancellationToken));
    }
}
