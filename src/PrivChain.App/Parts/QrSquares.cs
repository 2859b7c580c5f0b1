using System.Globalization;
using System.Text;
using QRCoder;

namespace PrivChain.App.Parts;

/// <summary>A text as the squares of a QR code: one outline for all dark ones, which a page can draw without markup made of text.</summary>
internal static class QrSquares
{
    /// <summary>Width and height in squares, the quiet border included, and the outline.</summary>
    public static (int Size, string Outline) Of(string text)
    {
        using var code = QRCodeGenerator.GenerateQrCode(text, QRCodeGenerator.ECCLevel.M);
        var rows = code.ModuleMatrix;
        var outline = new StringBuilder();
        for (var y = 0; y < rows.Count; y++)
        {
            for (var x = 0; x < rows[y].Length; x++)
            {
                if (rows[y][x])
                {
                    outline.Append(CultureInfo.InvariantCulture, $"M{x} {y}h1v1h-1z");
                }
            }
        }

        return (rows.Count, outline.ToString());
    }
}
