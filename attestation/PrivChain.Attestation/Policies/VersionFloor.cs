using PrivChain.Attestation.Claims;

namespace PrivChain.Attestation.Policies;

/// <summary>A floor for one part of a platform's firmware.</summary>
/// <param name="ChipFamily">The family of chips whose versions it counts, such as <c>Genoa</c>: versions of unlike families cannot be compared.</param>
/// <param name="Part">One of <see cref="EnclaveClaims.PlatformVersions"/>, such as <c>microcode</c>. Evidence of that family without the part is refused.</param>
/// <param name="Minimum">The lowest version.</param>
public sealed record VersionFloor(string ChipFamily, string Part, uint Minimum);
