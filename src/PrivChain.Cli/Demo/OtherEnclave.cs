using System.Net.Sockets;
using System.Security.Cryptography;
using Google.Protobuf;
using Grpc.Net.Client;
using PrivChain.Attestation;
using PrivChain.Cli.Deployment;
using PrivChain.Core.Bytes;
using PrivChain.Core.Hpke;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Sdk.Connection;
using PrivChain.Sdk.Evidence;
using Wire = PrivChain.Schemas.V1;

namespace PrivChain.Cli.Demo;

/// <summary>An enclave program that does the same but is not the same: one byte differs, in a text that nobody reads. It runs, and its evidence is honest about it.</summary>
internal static class OtherEnclave
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(30);

    /// <summary>Runs it beside the enrolled one and judges its evidence as every client does.</summary>
    public static async Task<RefusalReason> JudgeAsync(RunningDeployment deployment, PrivChainConnection connection, CancellationToken cancellation)
    {
        var folder = Path.Combine(deployment.Folder.Root, "other-enclave");
        var program = Path.Combine(folder, "program");
        CopyChanged(DotnetHost.EnclaveFolder, program);
        var socket = deployment.EnclaveSocket + "2";
        var child = deployment.StartEnclave("other enclave", program, Path.Combine(folder, "state"), socket);
        try
        {
            await child.WaitForAsync("listening", _limit, cancellation).ConfigureAwait(false);
            return await AskAsync(socket, connection, cancellation).ConfigureAwait(false);
        }
        finally
        {
            await deployment.StopAsync(child).ConfigureAwait(false);
            File.Delete(socket);
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<RefusalReason> AskAsync(string socket, PrivChainConnection connection, CancellationToken cancellation)
    {
        using var channel = GrpcChannel.ForAddress("http://enclave", new GrpcChannelOptions
        {
            HttpHandler = new SocketsHttpHandler
            {
                ConnectCallback = async (_, connecting) =>
                {
                    var unix = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                    try
                    {
                        await unix.ConnectAsync(new UnixDomainSocketEndPoint(socket), connecting).ConfigureAwait(false);
                        return new NetworkStream(unix, ownsSocket: true);
                    }
                    catch
                    {
                        unix.Dispose();
                        throw;
                    }
                },
            },
        });
        var nonce = RandomNumberGenerator.GetBytes(32);
        var deadline = connection.Time.GetUtcNow().UtcDateTime + _limit;
        var reply = await new Wire.Enclave.EnclaveClient(channel)
            .IdentifyAsync(new Wire.IdentifyRequest { Nonce = ByteString.CopyFrom(nonce) }, deadline: deadline, cancellationToken: cancellation).ConfigureAwait(false);
        if (!HpkePublicKey.TryParse(reply.Broker.EncryptionKey.Span, out var key))
        {
            return RefusalReason.Malformed;
        }

        var now = UnixTime.Milliseconds(connection.Time.GetUtcNow());
        return await connection.Ledger.ReadStateAsync(
            state => connection.Enclaves.Appraise(
                state, SessionBinding.Broker, key, new AccountAddress(reply.Broker.Account.Span), nonce, reply.Broker.Evidence.Span, now, EnclaveAppraisal.FreshSeconds).Reason,
            cancellationToken: cancellation).ConfigureAwait(false);
    }

    private static void CopyChanged(string from, string to)
    {
        PrivateFile.MakeFolder(to);
        foreach (var file in Directory.EnumerateFiles(from))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }

        // The text that a PE file shows under DOS: no line of code comes near it.
        var library = Path.Combine(to, "PrivChain.Enclave.dll");
        var bytes = File.ReadAllBytes(library);
        var text = bytes.AsSpan().IndexOf("DOS mode"u8);
        if (text < 0)
        {
            throw new RefusalException(new Refusal(RefusalReason.Internal, "the enclave's library has no DOS text"));
        }

        bytes[text] = (byte)'d';
        File.WriteAllBytes(library, bytes);
    }
}
