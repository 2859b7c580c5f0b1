namespace PrivChain.Attestation.Evidence;

/// <summary>One evidence format: how to tell it and how to read it.</summary>
internal interface IEvidenceFormat
{
    /// <summary>One of <see cref="EvidenceKind"/>.</summary>
    string Kind { get; }

    /// <summary>Parts beside the main one that may come along; empty when the evidence is one piece of bytes.</summary>
    IReadOnlyList<string> OtherParts { get; }

    /// <summary>Largest evidence in bytes, all parts together.</summary>
    int MaxSize { get; }

    /// <summary>True when bare bytes look like the main part of this format. At most one format answers yes for the same bytes.</summary>
    bool Recognises(ReadOnlySpan<byte> main);

    /// <summary>Step one: bytes to fields. The parts are within <see cref="MaxSize"/> and of known names.</summary>
    AttestationVerdict<IEvidenceBody> Parse(EvidenceParts parts);
}
