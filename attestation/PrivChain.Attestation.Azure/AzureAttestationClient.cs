using System.Buffers.Text;
using System.Text.Json;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;

namespace PrivChain.Attestation.Azure;

/// <summary>
/// REST client of one instance of Azure Attestation. Whatever it gives back is as received: a token is evidence of kind <c>maa</c> and counts after <c>PrivChain.Attestation</c> has verified it against an issuer and keys
/// that the caller trusts.
/// </summary>
public sealed class AzureAttestationClient
{
    private const string Scope = "https://attest.azure.net/.default";
    private const int MaxAnswer = 1024 * 1024;

    private readonly HttpPipeline _pipeline;
    private readonly Uri _instance;
    private readonly string _version;

    /// <param name="instance">Such as <c>https://sharedweu.weu.attest.azure.net</c>.</param>
    /// <param name="credential">Who asks; null asks without a name, which shared instances allow for some kinds. With one, only https is spoken.</param>
    /// <param name="options">Retries, transport and version, or null.</param>
    public AzureAttestationClient(Uri instance, TokenCredential? credential, AzureAttestationClientOptions? options = null)
    {
        options ??= new AzureAttestationClientOptions();
        _instance = instance;
        _version = options.Version;
        _pipeline = HttpPipelineBuilder.Build(options, credential is null ? [] : [new BearerTokenAuthenticationPolicy(credential, Scope)]);
    }

    /// <summary>Has evidence judged by the instance's policy and gives the token, unverified. For <see cref="AzureAttestationType.Tpm"/> see <see cref="AttestTpmAsync"/>.</summary>
    /// <exception cref="ArgumentException">A kind that has no such endpoint in this version.</exception>
    /// <exception cref="RequestFailedException">The service refused, or could not be asked.</exception>
    public async Task<ReadOnlyMemory<byte>> AttestAsync(AzureAttestationType type, AttestRequest request, CancellationToken cancellation)
    {
        if (type == AzureAttestationType.Tpm || (type == AzureAttestationType.TdxVm && _version == "2022-08-01"))
        {
            throw new ArgumentException($"{type} is not attested this way in version {_version}", nameof(type));
        }

        var answer = await SendAsync(RequestMethod.Post, $"/attest/{Name(type)}", request.ToJson(type), "application/json", cancellation).ConfigureAwait(false);
        return Member(answer, "token");
    }

    /// <summary>Sends one message of the TPM protocol and gives the service's reply: a challenge, or at the end a report with the token.</summary>
    /// <param name="message">The message, JSON as the protocol has it.</param>
    /// <param name="cancellation">Ends the request.</param>
    /// <exception cref="RequestFailedException">The service refused, or could not be asked.</exception>
    public async Task<ReadOnlyMemory<byte>> AttestTpmAsync(ReadOnlyMemory<byte> message, CancellationToken cancellation)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("data", Base64Url.EncodeToString(message.Span));
            writer.WriteEndObject();
        }

        var data = Member(await SendAsync(RequestMethod.Post, "/attest/Tpm", buffer.ToArray(), "application/json", cancellation).ConfigureAwait(false), "data");
        try
        {
            return Base64Url.DecodeFromUtf8(data.Span);
        }
        catch (FormatException)
        {
            throw Unexpected("data in base64url");
        }
    }

    /// <summary>The keys that this instance signs with, a JWKS, unverified: a caller pins them, or the roots of their certificates.</summary>
    /// <exception cref="RequestFailedException">The service refused, or could not be asked.</exception>
    public async Task<ReadOnlyMemory<byte>> GetKeysAsync(CancellationToken cancellation) =>
        await SendAsync(RequestMethod.Get, "/certs", null, null, cancellation).ConfigureAwait(false);

    /// <summary>How the instance describes itself (OpenID metadata), JSON, unverified.</summary>
    /// <exception cref="RequestFailedException">The service refused, or could not be asked.</exception>
    public async Task<ReadOnlyMemory<byte>> GetMetadataAsync(CancellationToken cancellation) =>
        await SendAsync(RequestMethod.Get, "/.well-known/openid-configuration", null, null, cancellation).ConfigureAwait(false);

    /// <summary>The policy for one kind of evidence, as a token of the service, unverified; <see cref="SignedPolicy.ReadWithoutVerifying"/> shows its text.</summary>
    /// <exception cref="RequestFailedException">The service refused, or could not be asked.</exception>
    public async Task<ReadOnlyMemory<byte>> GetPolicyAsync(AzureAttestationType type, CancellationToken cancellation) =>
        Member(await SendAsync(RequestMethod.Get, $"/policies/{Name(type)}", null, null, cancellation).ConfigureAwait(false), "token");

    /// <summary>Replaces the policy for one kind of evidence. The answer is a token of the service, unverified; once verified, its <c>x-ms-policy-token-hash</c> must be <see cref="SignedPolicy.TokenHash"/>.</summary>
    /// <exception cref="RequestFailedException">The service refused, or could not be asked.</exception>
    public async Task<ReadOnlyMemory<byte>> SetPolicyAsync(AzureAttestationType type, SignedPolicy policy, CancellationToken cancellation) =>
        Member(await SendAsync(RequestMethod.Put, $"/policies/{Name(type)}", System.Text.Encoding.ASCII.GetBytes(policy.Token), "text/plain", cancellation).ConfigureAwait(false), "token");

    /// <summary>Goes back to the service's own policy for one kind of evidence. The answer is as for <see cref="SetPolicyAsync"/>.</summary>
    /// <param name="type">The kind of evidence.</param>
    /// <param name="reset">A policy without text, signed if the instance wants signatures.</param>
    /// <param name="cancellation">Ends the request.</param>
    /// <exception cref="RequestFailedException">The service refused, or could not be asked.</exception>
    public async Task<ReadOnlyMemory<byte>> ResetPolicyAsync(AzureAttestationType type, SignedPolicy reset, CancellationToken cancellation) =>
        Member(await SendAsync(RequestMethod.Post, $"/policies/{Name(type)}:reset", System.Text.Encoding.ASCII.GetBytes(reset.Token), "text/plain", cancellation).ConfigureAwait(false), "token");

    /// <summary>The certificates that may sign this instance's policies, as a token of the service, unverified; none where the instance is not isolated.</summary>
    /// <exception cref="RequestFailedException">The service refused, or could not be asked.</exception>
    public async Task<ReadOnlyMemory<byte>> GetPolicyCertificatesAsync(CancellationToken cancellation) =>
        Member(await SendAsync(RequestMethod.Get, "/certificates", null, null, cancellation).ConfigureAwait(false), "token");

    /// <summary>Lets one more certificate sign policies. The answer is a token of the service, unverified; once verified, it names the certificate and <c>IsPresent</c>.</summary>
    /// <exception cref="RequestFailedException">The service refused, or could not be asked.</exception>
    public Task<ReadOnlyMemory<byte>> AddPolicyCertificateAsync(SignedPolicyCertificate certificate, CancellationToken cancellation) => ChangeAsync("add", certificate, cancellation);

    /// <summary>Takes that right from a certificate. The answer is as for <see cref="AddPolicyCertificateAsync"/>, with <c>IsAbsent</c>.</summary>
    /// <exception cref="RequestFailedException">The service refused, or could not be asked.</exception>
    public Task<ReadOnlyMemory<byte>> RemovePolicyCertificateAsync(SignedPolicyCertificate certificate, CancellationToken cancellation) => ChangeAsync("remove", certificate, cancellation);

    // The body is a JSON string, where a policy's is bare text: so the service has it. A compact JWS has nothing to escape.
    private async Task<ReadOnlyMemory<byte>> ChangeAsync(string operation, SignedPolicyCertificate certificate, CancellationToken cancellation) =>
        Member(await SendAsync(RequestMethod.Post, "/certificates:" + operation, System.Text.Encoding.ASCII.GetBytes($"\"{certificate.Token}\""), "application/json", cancellation).ConfigureAwait(false), "token");

    private static string Name(AzureAttestationType type) => Enum.IsDefined(type) ? type.ToString() : throw new ArgumentOutOfRangeException(nameof(type));

    private async Task<byte[]> SendAsync(RequestMethod method, string path, byte[]? body, string? contentType, CancellationToken cancellation)
    {
        using var message = _pipeline.CreateMessage();
        var request = message.Request;
        request.Method = method;
        request.Uri.Reset(_instance);
        request.Uri.Path = _instance.AbsolutePath.TrimEnd('/') + path;
        request.Uri.AppendQuery("api-version", _version);
        request.Headers.Add(HttpHeader.Names.Accept, "application/json");
        if (body is not null)
        {
            request.Content = RequestContent.Create(body);
            request.Headers.SetValue(HttpHeader.Names.ContentType, contentType!);
        }

        // Not buffered by the pipeline: an answer without end must not fill the memory.
        message.BufferResponse = false;
        await _pipeline.SendAsync(message, cancellation).ConfigureAwait(false);
        var content = message.Response.ContentStream is { } stream ? await ReadAsync(stream, cancellation).ConfigureAwait(false) : [];
        return message.Response.Status == 200
            ? content
            : throw new RequestFailedException(message.Response.Status, $"{method} {path}: status {message.Response.Status}");
    }

    private static async Task<byte[]> ReadAsync(Stream stream, CancellationToken cancellation)
    {
        using var buffer = new MemoryStream();
        var chunk = new byte[16 * 1024];
        int read;
        while ((read = await stream.ReadAsync(chunk, cancellation).ConfigureAwait(false)) > 0)
        {
            if (buffer.Length + read > MaxAnswer)
            {
                throw Unexpected($"at most {MaxAnswer} bytes");
            }

            buffer.Write(chunk, 0, read);
        }

        return buffer.ToArray();
    }

    // Members of answers are ASCII: tokens and base64url.
    private static ReadOnlyMemory<byte> Member(byte[] answer, string name)
    {
        try
        {
            using var document = JsonDocument.Parse(answer, new JsonDocumentOptions { AllowDuplicateProperties = false });
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.String
                ? System.Text.Encoding.ASCII.GetBytes(member.GetString()!)
                : throw Unexpected("JSON with " + name);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw Unexpected("JSON with " + name);
        }
    }

    private static RequestFailedException Unexpected(string wanted) => new("the service's answer is of another form: wanted " + wanted);
}
