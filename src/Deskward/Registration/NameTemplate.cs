using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Deskward.Platform;

namespace Deskward.Registration;

/// <summary>
/// How PCs are named: letters, digits and hyphens, with <c>%RAND:n%</c> for n random digits and <c>%SERIAL%</c> for the serial number, of which as much is taken as
/// fits. What comes out has at most 15 characters, as Windows demands of a computer's name.
/// </summary>
internal sealed partial class NameTemplate
{
    internal const int Longest = 15;
    private readonly List<Part> _parts;

    private NameTemplate(List<Part> parts) => _parts = parts;

    private enum PartKind
    {
        Letters,
        Random,
        Serial,
    }

    /// <returns>The template; or Invalid with what is wrong.</returns>
    internal static Outcome<NameTemplate> Read(string text)
    {
        if (text.Length > 60 || !Whole().IsMatch(text))
        {
            return Refusal.Invalid("A template of names has letters, digits, hyphens, %RAND:n% with n from 1 to 15, and %SERIAL%, such as DSK-%RAND:11%.");
        }

        List<Part> parts = [.. Pieces().Matches(text).Select(match => match.Groups[1].Success
            ? new Part(PartKind.Random, "", int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture))
            : match.ValueSpan.Equals("%SERIAL%", StringComparison.OrdinalIgnoreCase) ? new Part(PartKind.Serial, "", 0) : new Part(PartKind.Letters, match.Value, match.Length))];
        var fixedLength = parts.Sum(part => part.Length);
        var serials = parts.Count(part => part.Kind == PartKind.Serial);
        return fixedLength + serials > Longest ? Refusal.Invalid($"The names of this template have more than {Longest} characters.")
            : serials > 1 ? Refusal.Invalid("A template of names has %SERIAL% once.")
            : serials == 0 && !parts.Exists(part => part.Kind == PartKind.Random && part.Length >= 4) ? Refusal.Invalid("Names must differ: the template needs %SERIAL%, or %RAND:n% with n of at least 4.")
            : !parts.Exists(part => part.Kind == PartKind.Letters && part.Text.Any(char.IsAsciiLetter)) ? Refusal.Invalid("A name must not be of digits alone: the template needs a letter.")
            : new NameTemplate(parts);
    }

    /// <summary>A new name; random digits are drawn anew each time. Null when it needs a serial number and there is none that could be used.</summary>
    internal string? Make(string? serial)
    {
        var name = new StringBuilder();
        foreach (var part in _parts)
        {
            switch (part.Kind)
            {
                case PartKind.Letters:
                    name.Append(part.Text);
                    break;
                case PartKind.Random:
                    name.Append(RandomNumberGenerator.GetString("0123456789", part.Length));
                    break;
                case PartKind.Serial when SerialPart(serial) is { } known:
                    name.Append(known);
                    break;
                default:
                    return null;
            }
        }

        return name.ToString();
    }

    /// <summary>Whether a name could have come from the template, for this serial number.</summary>
    internal bool Fits(string name, string? serial)
    {
        var at = 0;
        foreach (var part in _parts)
        {
            var wanted = part.Kind switch { PartKind.Letters => part.Text, PartKind.Serial => SerialPart(serial), _ => null };
            var length = part.Kind == PartKind.Random ? part.Length : wanted?.Length ?? -1;
            if (length < 0 || at + length > name.Length)
            {
                return false;
            }

            var here = name.AsSpan(at, length);
            if (wanted is null ? here.ContainsAnyExceptInRange('0', '9') : !here.Equals(wanted, StringComparison.OrdinalIgnoreCase))
            {
                return false;
            }

            at += length;
        }

        return at == name.Length;
    }

    /// <summary>Letters, digits and hyphens of the serial number, its end cut off where it is too long.</summary>
    private string? SerialPart(string? serial)
    {
        if (RegistrationRules.IsPlaceholder(serial))
        {
            return null;
        }

        var room = Longest - _parts.Sum(part => part.Length);
        var clean = string.Concat(serial!.Where(letter => char.IsAsciiLetterOrDigit(letter) || letter == '-'));
        return clean.Length == 0 ? null : clean.Length > room ? clean[..room] : clean;
    }

    [GeneratedRegex(@"^([A-Za-z0-9-]|%RAND:([1-9]|1[0-5])%|%SERIAL%)+$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Whole();

    [GeneratedRegex("%RAND:([0-9]+)%|%SERIAL%|[A-Za-z0-9-]+", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Pieces();

    private sealed record Part(PartKind Kind, string Text, int Length);
}
