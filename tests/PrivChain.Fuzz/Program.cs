using PrivChain.Fuzz;
using SharpFuzz;

// list                       names of the harnesses
// seeds FILES FOLDER NAME…   writes the seeds of harnesses into folders of their names, taken from the files of a folder
// fuzz NAME                  serves AFL: instrumented assemblies only
switch (args)
{
    case ["list"]:
        foreach (var harness in Harnesses.All)
        {
            Console.WriteLine(harness.Name);
        }

        return 0;

    case ["seeds", var folder, var target, .. var names]:
        var files = Corpus.Files(folder);
        foreach (var harness in names.Select(Named))
        {
            var own = Directory.CreateDirectory(Path.Combine(target, harness.Name)).FullName;
            foreach (var (index, seed) in Corpus.SeedsOf(harness, files).Index())
            {
                File.WriteAllBytes(Path.Combine(own, $"seed-{index:d4}"), seed);
            }
        }

        return 0;

    case ["fuzz", var name]:
        // Instrumented code may run only once AFL's memory is there, and the list of harnesses runs some.
        Harness? attacked = null;
        Fuzzer.OutOfProcess.Run(stream =>
        {
            using var bytes = new MemoryStream();
            stream.CopyTo(bytes);
            attacked ??= Named(name);
            _ = attacked.Takes(bytes.ToArray());
        });
        return 0;

    default:
        Console.Error.WriteLine("usage: PrivChain.Fuzz list | seeds FILES FOLDER NAME… | fuzz NAME");
        return 2;
}

static Harness Named(string name) => Harnesses.All.First(harness => harness.Name == name);
