namespace Deskward.Registration;

/// <summary>The name of a computer as Windows takes it.</summary>
internal static class PcName
{
    internal static bool IsRight(string name) =>
        name.Length is > 0 and <= NameTemplate.Longest && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '-') && !name.All(char.IsAsciiDigit);
}
