using System.Globalization;

namespace Deskward.Simulator;

/// <summary>CmdIDs as text; the usual ones are made once for all PCs.</summary>
internal static class SmallNumbers
{
    private static readonly string[] s_texts = [.. Enumerable.Range(0, 1024).Select(number => number.ToString(CultureInfo.InvariantCulture))];

    public static string Text(int number) => number < s_texts.Length ? s_texts[number] : number.ToString(CultureInfo.InvariantCulture);
}
