using System.Globalization;
using System.Text;
using PrivChain.Attestation.Sources.Tsm;

namespace PrivChain.Attestation.Tests.Sources;

/// <summary>Behaves like the kernel's configfs-tsm: attributes appear with the folder, each accepted write moves the generation, the blob is made when it is read and binds what was written last.</summary>
internal sealed class KernelLikeTsmFolder : ITsmFolder
{
    private readonly Dictionary<string, Request> _requests = new(StringComparer.Ordinal);

    public required string Provider { get; init; }

    /// <summary>Makes the evidence from 64 bytes.</summary>
    public required Func<byte[], byte[]> Evidence { get; init; }

    /// <summary>The host's addition; null for a kernel without the attribute.</summary>
    public byte[]? Auxiliary { get; init; } = [];

    /// <summary>Lowest privilege level, or null for a kernel without the attribute.</summary>
    public string? Floor { get; init; }

    /// <summary>Somebody else's writes between ours and the end of the read, one number for each request; zeros after the last.</summary>
    public Queue<int> Races { get; } = new();

    /// <summary>errno of the next reads of the blob; 0 for none.</summary>
    public int ReadError { get; init; }

    /// <summary>errno of writes that find the generation used up, one for each request.</summary>
    public Queue<int> WriteErrors { get; } = new();

    public bool Exists { get; init; } = true;

    public int Made { get; private set; }

    public int Left => _requests.Count;

    public string? LastPrivilegeLevel { get; private set; }

    public void Make(string request)
    {
        Made++;
        _requests.Add(request, new Request { Generation = 41 });
    }

    public void Write(string request, string attribute, ReadOnlySpan<byte> value)
    {
        if (WriteErrors.TryDequeue(out var error) && error != 0)
        {
            throw OfErrno(error);
        }

        var state = _requests[request];
        switch (attribute)
        {
            case "inblob" when value.Length is > 0 and <= 64:
                state.InBlob = value.ToArray();
                break;
            case "privlevel" when Floor is not null && int.Parse(value, CultureInfo.InvariantCulture) >= int.Parse(Floor, CultureInfo.InvariantCulture):
                LastPrivilegeLevel = Encoding.ASCII.GetString(value);
                break;
            default:
                throw new IOException("EINVAL", 22);
        }

        state.Generation++;
    }

    public byte[]? Read(string request, string attribute, int limit)
    {
        var state = _requests[request];
        switch (attribute)
        {
            case "provider":
                return Encoding.ASCII.GetBytes(Provider + "\n");
            case "generation":
                return Encoding.ASCII.GetBytes(state.Generation.ToString(CultureInfo.InvariantCulture) + "\n");
            case "privlevel_floor":
                return Floor is null ? null : Encoding.ASCII.GetBytes(Floor + "\n");
            case "auxblob":
                return Auxiliary;
            case "outblob":
                if (ReadError != 0)
                {
                    throw OfErrno(ReadError);
                }

                state.Generation += Races.TryDequeue(out var others) ? others : 0;
                var blob = Evidence(state.InBlob ?? throw new IOException("EINVAL", 22));
                return blob.Length <= limit ? blob : throw new InvalidDataException("too long");
            default:
                throw new InvalidOperationException(attribute);
        }
    }

    // As .NET does: TsmSourceTests asks it what it makes of EFBIG.
    private static Exception OfErrno(int errno) => errno == 27 ? new ArgumentOutOfRangeException("value", "EFBIG") : new IOException("refused", errno);

    public void Remove(string request) => Assert.IsTrue(_requests.Remove(request), "a request that is not there");

    private sealed class Request
    {
        public byte[]? InBlob { get; set; }

        public long Generation { get; set; }
    }
}
