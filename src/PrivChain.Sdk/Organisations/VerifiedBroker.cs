using PrivChain.Attestation;
using PrivChain.Core.Documents;
using PrivChain.Core.Ledger;

namespace PrivChain.Sdk.Organisations;

/// <summary>An enrolled key broker whose recorded and fresh evidence were appraised.</summary>
/// <param name="Enrolment">The enrolment that holds.</param>
/// <param name="Profile">The profile whose digest the enrolment names.</param>
/// <param name="Enclave">What the evidence proves.</param>
/// <param name="Operator">Who runs it: the organisation that the profile names, where one of that account is enrolled now and its certificate verifies; otherwise null.</param>
public sealed record VerifiedBroker(Enrolment Enrolment, BrokerProfile Profile, AttestedEnclave Enclave, VerifiedOrganisation? Operator);
