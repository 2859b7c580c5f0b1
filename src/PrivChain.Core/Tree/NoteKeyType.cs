namespace PrivChain.Core.Tree;

/// <summary>The signature types of c2sp.org/signed-note that we read. Others are unknown keys, which verifiers ignore.</summary>
public enum NoteKeyType : byte
{
    /// <summary>Ed25519 over the note text.</summary>
    Ed25519 = 0x01,

    /// <summary>Timestamped Ed25519 witness cosignature (c2sp.org/tlog-cosignature).</summary>
    Cosignature = 0x04,

    /// <summary>Timestamped ML-DSA-44 witness cosignature, which also names its witness (the same specification).</summary>
    MlDsa44Cosignature = 0x06,

    /// <summary>
    /// SM2 over the note text, under the identity <see cref="Keys.Sm2.Identity"/>: a type of our own, which the specification has written as 0xff and a longer identifier, <see cref="Bytes.Labels.Sm2Note"/>.
    /// </summary>
    Sm2 = 0xff,
}
