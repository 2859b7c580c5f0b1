using PrivChain.Attestation.Vectors;

// The verifier compiled ahead of time, as in an enclave: an archive of cases in, a line for each case out.
if (args is not [var archive])
{
    Console.Error.WriteLine("usage: PrivChain.Attestation.Vectors.Native ARCHIVE");
    return 2;
}

foreach (var line in CaseArchive.Judge(File.ReadAllBytes(archive)))
{
    Console.WriteLine(line);
}

return 0;
