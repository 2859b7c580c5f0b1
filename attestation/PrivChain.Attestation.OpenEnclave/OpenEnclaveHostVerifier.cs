using System.Text;

namespace PrivChain.Attestation.OpenEnclave;

/// <summary>
/// Open Enclave's host-verify library (<c>openenclave/attestation/verifier.h</c>), where somebody has installed it: a second opinion beside the managed verifier, which decides. The library keeps state for the whole process and reads
/// the process's clock, so calls are made one at a time and old evidence is refused whatever time is given.
/// </summary>
public sealed unsafe class OpenEnclaveHostVerifier : IDisposable
{
    /// <summary>More bytes of evidence or endorsements than this are refused before the library sees them.</summary>
    public const int MaxSize = 512 * 1024;

    private const int MaxClaims = 256;
    private const int MaxName = 256;
    private const int MaxValue = 1024 * 1024;

    // Initialization and shutdown of the library are the process's: the last verifier of a file ends what the first began.
    private static readonly Lock _process = new();
    private static readonly Dictionary<nint, int> _users = [];

    private readonly HostVerifyLibrary _library;
    private bool _disposed;

    private OpenEnclaveHostVerifier(HostVerifyLibrary library, bool tdx) => (_library, KnowsTdx) = (library, tdx);

    /// <summary>True when the library knows TDX. It looks for Intel's quote verification library no sooner than it verifies a quote, and where that is absent, it is <see cref="HostVerifyFault.Unavailable"/>.</summary>
    public bool KnowsTdx { get; }

    /// <summary>Loads and initializes the library. Its code runs in this process: name a file only where you would run a program of the same place.</summary>
    /// <param name="path">The file or its folder; null looks for <c>liboehostverify.so</c> where the system's loader looks, and then in the folder of the SDK's packages.</param>
    /// <exception cref="HostVerifyException">It is not there, does not load, is another library, or does not initialize.</exception>
    public static OpenEnclaveHostVerifier Open(string? path = null)
    {
        lock (_process)
        {
            var library = HostVerifyLibrary.Load(path);
            var result = library.Initialize();
            if (result != OeResult.Ok)
            {
                throw new HostVerifyException(
                    HostVerifyFault.NotInitialized, $"oe_verifier_initialize gave {library.Name(result)}" + (result == OeResult.QuoteProviderLoadError ? ": libdcap_quoteprov.so must be installed (package az-dcap-client)" : string.Empty));
            }

            _users[library.Handle] = _users.GetValueOrDefault(library.Handle) + 1;
            return new OpenEnclaveHostVerifier(library, library.InitializeTdx() == OeResult.Ok);
        }
    }

    /// <summary>Has evidence verified.</summary>
    /// <param name="evidence">Evidence with its attestation header or a legacy report; with a format, evidence without header.</param>
    /// <param name="endorsements">Endorsements, with a header exactly when the evidence has one. Empty: the library fetches what it needs through its quote provider, over the network.</param>
    /// <param name="format">See <see cref="OpenEnclaveId"/>, or null when a header says it.</param>
    /// <param name="endorsementsAt">The time that endorsements are judged at (<c>OE_POLICY_ENDORSEMENTS_TIME</c>), to the second; null: the time they were put together. Certificates are judged by the process's clock.</param>
    /// <exception cref="HostVerifyException">The library gave claims that its interface rules out, or could not look at the evidence.</exception>
    /// <exception cref="ObjectDisposedException">Disposed.</exception>
    public HostVerification Verify(ReadOnlySpan<byte> evidence, ReadOnlySpan<byte> endorsements, Guid? format = null, DateTimeOffset? endorsementsAt = null)
    {
        if (evidence.Length is 0 or > MaxSize || endorsements.Length > MaxSize)
        {
            return new HostVerification("not asked", new AttestationFault(
                evidence.IsEmpty ? AttestationRefusal.Malformed : AttestationRefusal.TooLarge, AttestationStep.Parse, "evidence", $"1 to {MaxSize} bytes", $"{evidence.Length}, and endorsements of {endorsements.Length}"));
        }

        lock (_process)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            var result = _library.Verify(format is { } id ? id.ToByteArray(bigEndian: true) : [], evidence, endorsements, endorsementsAt, out var claims, out var count);
            try
            {
                var name = _library.Name(result);
                if (OeResult.IsUnavailable(result))
                {
                    throw new HostVerifyException(HostVerifyFault.Unavailable, $"oe_verify_evidence gave {name}: what it needs for this evidence failed or is not installed (TDX: libsgx_dcap_quoteverify.so.1)");
                }

                return result is OeResult.Ok or OeResult.TcbLevelInvalid
                    ? new HostVerification(name, Read(claims, count, result == OeResult.Ok))
                    : new HostVerification(name, new AttestationFault(OeResult.Reason(result), AttestationStep.Authenticate, "oe_verify_evidence", "OE_OK", name));
            }
            finally
            {
                if (claims is not null)
                {
                    _library.Free(claims, count);
                }
            }
        }
    }

    /// <summary>Shuts the library down where nobody else in this process uses it.</summary>
    public void Dispose()
    {
        lock (_process)
        {
            if (!_disposed)
            {
                _disposed = true;
                if (--_users[_library.Handle] == 0)
                {
                    _ = _library.Shutdown();
                }
            }
        }
    }

    // Copies everything before it is freed. Pointers are believed, since the library could do anything anyway; sizes are not, so that a mistake in it is a refusal and not an exhausted memory.
    private static HostVerifiedClaims Read(OeClaim* claims, nuint count, bool upToDate)
    {
        if (claims is null || count > MaxClaims)
        {
            throw Bad($"{(claims is null ? "no" : count)} claims");
        }

        var received = new List<(string, ReadOnlyMemory<byte>)>();
        for (nuint i = 0; i < count; i++)
        {
            var claim = claims[i];
            var name = claim.Name is null ? -1 : new ReadOnlySpan<byte>(claim.Name, MaxName).IndexOf((byte)0);
            if (name <= 0 || claim.ValueSize > MaxValue || (claim.Value is null && claim.ValueSize != 0))
            {
                throw Bad($"claim {i} without a name or a value");
            }

            received.Add((Encoding.UTF8.GetString(claim.Name, name), new ReadOnlySpan<byte>(claim.Value, (int)claim.ValueSize).ToArray()));
        }

        return HostVerifiedClaims.Read(received, upToDate, out var fault) ?? throw Bad(fault!);
    }

    private static HostVerifyException Bad(string what) => new(HostVerifyFault.BadAnswer, "oe_verify_evidence gave " + what);
}
