using PrivChain.Attestation.Collateral;
using PrivChain.Attestation.Collateral.Cache;
using PrivChain.Attestation.Collateral.Files;
using PrivChain.Attestation.Collateral.Http;
using PrivChain.Attestation.Collateral.Vendors;
using PrivChain.Core.Refusals;
using PrivChain.Node.Storage;

namespace PrivChain.Node.Collateral;

/// <summary>
/// The places that the operator named, in order: folders as they lie on disk, services through a cache in the node's store. Requests are answered one after the other, so that many for the same platform ask a vendor once.
/// </summary>
internal sealed class CollateralSources : IDisposable
{
    private const int Capacity = 256;

    // Vendors publish for 30 days and more; an item that was withdrawn in between is asked for again within hours.
    private static readonly TimeSpan MaxAge = TimeSpan.FromHours(6);
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FailurePause = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim _one = new(1, 1);
    private readonly List<IDisposable> _owned = [];
    private readonly List<string> _folders;
    private readonly CollateralStore? _store;
    private readonly ICollateralProvider _intel;
    private readonly ICollateralProvider _amd;
    private readonly ICollateralProvider _maa;

    public CollateralSources(IReadOnlyList<CollateralPlace> places, string dataFolder, TimeProvider time)
    {
        _folders = [.. places.Where(place => place.Kind == CollateralPlace.Folder).Select(place => place.At)];
        var options = new CollateralHttpOptions { Time = time };
        List<ICollateralProvider> intel = [], amd = [], maa = [];
        var instances = places.Where(place => place.Kind == CollateralPlace.Maa).Select(place => new Uri(place.At)).ToList();
        foreach (var place in places)
        {
            switch (place.Kind)
            {
                case CollateralPlace.Intel:
                    var service = new Uri(place.At);
                    Add(intel, new IntelCollateralProvider(service, service == IntelCollateralProvider.ProvisioningService ? IntelCollateralProvider.RootList : null, options));
                    break;
                case CollateralPlace.Amd:
                    Add(amd, new AmdCollateralProvider(new Uri(place.At), options));
                    break;
                case CollateralPlace.Thim:
                    Add(amd, new ThimCollateralProvider(new Uri(place.At), options));
                    break;
            }
        }

        if (instances.Count > 0)
        {
            Add(maa, new MaaCollateralProvider(instances, options));
        }

        _store = _owned.Count == 0 ? null : new CollateralStore(CollateralStore.Open(Path.Combine(dataFolder, "collateral.db")), Capacity);
        (_intel, _amd, _maa) = (Cached(intel), Cached(amd), Cached(maa));

        void Add<T>(List<ICollateralProvider> services, T provider)
            where T : ICollateralProvider, IDisposable
        {
            _owned.Add(provider);
            services.Add(provider);
        }

        ICollateralProvider Cached(List<ICollateralProvider> services) => services.Count == 0
            ? new FixedCollateralProvider(CollateralSet.Empty)
            : new CachedCollateralProvider(new BoundedProvider(new FirstAnswerProvider(services), AnswerLimit, FailurePause, time), _store!, MaxAge, time);
    }

    /// <summary>What is there for a request; empty where no place was named for it.</summary>
    /// <exception cref="RefusalException">Unavailable: a service that had to answer did not. StorageFailed: a folder does not read.</exception>
    public async Task<CollateralSet> GetAsync(CollateralRequest request, CancellationToken cancellation)
    {
        await _one.WaitAsync(cancellation);
        try
        {
            foreach (var folder in _folders)
            {
                if (!CollateralFolder.TryRead(folder, out var set, out var fault))
                {
                    throw new RefusalException(new Refusal(RefusalReason.StorageFailed, fault));
                }

                if (!set.IsEmpty)
                {
                    return set;
                }
            }

            return await Services(request).GetAsync(request, cancellation);
        }
        catch (HttpRequestException exception)
        {
            throw new RefusalException(new Refusal(RefusalReason.Unavailable, exception.Message));
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose()
    {
        _owned.ForEach(provider => provider.Dispose());
        _store?.Dispose();
        _one.Dispose();
    }

    private ICollateralProvider Services(CollateralRequest request) => request switch
    {
        CollateralRequest.Intel => _intel,
        CollateralRequest.Amd => _amd,
        CollateralRequest.Maa => _maa,
        _ => throw new RefusalException(new Refusal(RefusalReason.UnsupportedFormat, "collateral of another kind")),
    };
}
