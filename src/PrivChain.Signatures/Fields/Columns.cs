namespace PrivChain.Signatures.Fields;

/// <summary>The seventeen sums of products of two elements, by weight.</summary>
internal struct Columns<TVector>
    where TVector : struct
{
    public TVector C0, C1, C2, C3, C4, C5, C6, C7, C8, C9, C10, C11, C12, C13, C14, C15, C16;
}
