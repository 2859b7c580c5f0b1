namespace PrivChain.Attestation.Dice;

/// <summary>Mode of the Open Profile for DICE. Only <see cref="Normal"/> is a device as it should be.</summary>
internal enum OpenDiceMode
{
    NotConfigured = 0,
    Normal = 1,
    Debug = 2,
    Recovery = 3,
}
