using PrivChain.Core.Tree;

namespace PrivChain.Cli.Witness;

/// <summary>What a witness server needs; nothing has a silent default but the rate and the clock.</summary>
public sealed class WitnessServerOptions
{
    /// <summary>Loopback address and port, such as <c>127.0.0.1:7700</c>; port 0 takes a free one. A reverse proxy stands in front for others.</summary>
    public required string Listen { get; init; }

    /// <summary>A file with the 32-byte seed of the witness key as <c>0x</c> and 64 hex digits.</summary>
    public required string KeySeedFile { get; init; }

    /// <summary>True to cosign with ML-DSA-44 (type 0x06) rather than Ed25519 (type 0x04); the seed is the same length.</summary>
    public bool PostQuantum { get; init; }

    /// <summary>The witness's name in its cosignatures, such as <c>witness.example.org</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The logs it follows: origin and a key it signs with; a national log has two, under one origin.</summary>
    public required IReadOnlyList<(string Origin, NoteVerifierKey Key)> Logs { get; init; }

    /// <summary>The folder of its store.</summary>
    public required string Folder { get; init; }

    /// <summary>Requests served in a second, all clients together; more are answered 429.</summary>
    public int RequestsPerSecond { get; init; } = 200;

    /// <summary>Connections at once.</summary>
    public int Connections { get; init; } = 256;

    /// <summary>The clock whose time it signs.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
