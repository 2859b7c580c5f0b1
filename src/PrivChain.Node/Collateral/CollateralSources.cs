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
    private const int Kept = 256;

    // Vendors publish for 30 days and more; an item that was withdrawn in between is asked for again within hours.
    private static readonly TimeSpan MaxAge = TimeSpan.FromHours(6);

    private readonly SemaphoreSlim _one = new(1, 1);
    private readonly List<IDisposable> _owned = [];
    private readonly List<string> _folders;
    private readonly List<(string Kind, ICollateralProvider Provider)> _services = [];
    private readonly CollateralStore? _store;
    private readonly TimeProvider _time;

    public CollateralSources(IReadOnlyList<CollateralPlace> places, string dataFolder, TimeProvider time)
    {
        _time = time;
        _folders = [.. places.Where(place => place.Kind == CollateralPlace.Folder).Select(place => place.At)];
        var options = new CollateralHttpOptions { Time = time };
        var instances = places.Where(place => place.Kind == CollateralPlace.Maa).Select(place => new Uri(place.At)).ToList();
        foreach (var place in places)
        {
            switch (place.Kind)
            {
                case CollateralPlace.Intel:
                    var service = new Uri(place.At);
                    Add(place.Kind, new IntelCollateralProvider(service, service == IntelCollateralProvider.ProvisioningService ? IntelCollateralProvider.RootList : null, options));
                    break;
                case CollateralPlace.Amd:
                    Add(place.Kind, new AmdCollateralProvider(new Uri(place.At), options));
                    break;
                case CollateralPlace.Thim:
                    Add(place.Kind, new ThimCollateralProvider(new Uri(place.At), options));
                    break;
            }
        }

        if (instances.Count > 0)
        {
            Add(CollateralPlace.Maa, new MaaCollateralProvider(instances, options));
        }

        _store = _services.Count == 0 ? null : new CollateralStore(CollateralStore.Open(Path.Combine(dataFolder, "collateral.db")), Kept);

        void Add<T>(string kind, T provider)
            where T : ICollateralProvider, IDisposable
        {
            _owned.Add(provider);
            _services.Add((kind, provider));
        }
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

            var services = _services.Where(service => Serves(service.Kind, request)).Select(service => service.Provider).ToList();
            return services.Count == 0
                ? CollateralSet.Empty
                : await new CachedCollateralProvider(new FirstAnswerProvider(services), _store!, MaxAge, _time).GetAsync(request, cancellation);
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

    private static bool Serves(string kind, CollateralRequest request) => request switch
    {
        CollateralRequest.Intel => kind == CollateralPlace.Intel,
        CollateralRequest.Amd => kind is CollateralPlace.Amd or CollateralPlace.Thim,
        CollateralRequest.Maa => kind == CollateralPlace.Maa,
        _ => false,
    };
}
