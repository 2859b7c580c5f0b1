using PrivChain.Attestation.Certificates;

namespace PrivChain.Attestation.Intel;

/// <summary>What authentication of a quote proved.</summary>
/// <param name="Chain">The PCK certificate's chain to a trusted root.</param>
/// <param name="Platform">What the PCK certificate says about the platform.</param>
/// <param name="Collateral">What was verified beside it, or null when none was given.</param>
/// <param name="Tcb">The platform's status, or null with it.</param>
internal sealed record IntelAppraisal(VerifiedChain Chain, PckExtension Platform, IntelCollateral? Collateral, TcbEvaluation? Tcb);
