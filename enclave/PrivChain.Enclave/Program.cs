using PrivChain.Enclave.Start;

// The order matters: nothing is read before the steering inputs were judged, and no secret is made before the process is private.
if ((SteeringInputs.Check() ?? PrivateProcess.Enter()) is { } unfit)
{
    return StatusLine.Refuse(unfit);
}

var options = EnclaveOptions.Parse(args);
return !options.Accepted ? StatusLine.Refuse(options.Refusal)
    : options.Value.Measure ? EnclaveProgram.Measure()
    : await EnclaveProgram.RunAsync(options.Value, TimeProvider.System);
