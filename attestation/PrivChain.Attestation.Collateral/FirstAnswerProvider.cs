namespace PrivChain.Attestation.Collateral;

/// <summary>
/// Several providers in the order in which they are asked: the first that has anything answers alone, since items of two services need not fit together. One that fails is passed over while another is left.
/// </summary>
/// <param name="providers">At least one, in order.</param>
public sealed class FirstAnswerProvider(params IReadOnlyList<ICollateralProvider> providers) : ICollateralProvider
{
    /// <inheritdoc/>
    /// <remarks>Throws the last failure when nobody had an answer and one failed.</remarks>
    public async ValueTask<CollateralSet> GetAsync(CollateralRequest request, CancellationToken cancellation)
    {
        HttpRequestException? failure = null;
        foreach (var provider in providers)
        {
            try
            {
                var set = await provider.GetAsync(request, cancellation).ConfigureAwait(false);
                if (!set.IsEmpty)
                {
                    return set;
                }
            }
            catch (HttpRequestException exception)
            {
                failure = exception;
            }
        }

        return failure is null ? CollateralSet.Empty : throw failure;
    }
}
