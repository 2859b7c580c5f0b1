namespace PrivChain.Attestation.Sources.Tsm;

/// <summary>The folder of configfs-tsm: the kernel's, or one of a test that behaves like it.</summary>
internal interface ITsmFolder
{
    /// <summary>True when the kernel offers it.</summary>
    bool Exists { get; }

    /// <summary>Makes a request (mkdir), with attributes in it.</summary>
    void Make(string request);

    /// <summary>Writes an attribute in one write.</summary>
    void Write(string request, string attribute, ReadOnlySpan<byte> value);

    /// <summary>Reads an attribute; null when this kernel does not have it.</summary>
    byte[]? Read(string request, string attribute, int limit);

    /// <summary>Removes a request (rmdir).</summary>
    void Remove(string request);
}
