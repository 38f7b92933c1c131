using System.Buffers.Text;
using System.Text;
using Deskward.Groups.Rings;
using Deskward.Platform;

namespace Deskward.Registration;

/// <summary>What the person chose for all PCs of a file.</summary>
/// <param name="Profile">Their device profile; a group tag in the file says otherwise for its PC.</param>
/// <param name="IsShared">They are used by several people in turn.</param>
/// <param name="Ring">Their ring; null: the service chooses.</param>
internal sealed record RegistrationWish(DeviceProfile Profile, bool IsShared, Ring? Ring);

/// <summary>Why a single PC cannot be registered.</summary>
/// <param name="Column">Where in its line.</param>
/// <param name="Message">Why.</param>
internal sealed record RegistrationError(int Column, string Message);

/// <summary>The rules of single lines.</summary>
internal static class RegistrationRules
{
    /// <summary>Names of group tags as they are published, and the service's own.</summary>
    private static readonly string[] TagPrefixes = ["Microsoft365Managed_", "Deskward_"];

    private const string SharedTag = "-Shared";
    private const int LeastHash = 256;
    private const int MostHash = 16 * 1024;

    /// <summary>What mainboards say of which nobody wrote the serial number into them.</summary>
    private static readonly HashSet<string> Placeholders = new(StringComparer.OrdinalIgnoreCase)
    {
        "0", "00000000", "123456789", "Default string", "INVALID", "None", "Not Applicable", "Not Available", "Not Specified", "System Serial Number", "To be filled by O.E.M.", "Unknown",
    };

    internal static bool IsPlaceholder(string? serial) => string.IsNullOrWhiteSpace(serial) || Placeholders.Contains(serial.Trim());

    /// <summary>The value of that name, to the letter: a number, or names together, mean none.</summary>
    internal static T? Named<T>(string name)
        where T : struct, Enum => Array.IndexOf(Enum.GetNames<T>(), name) >= 0 ? Enum.Parse<T>(name) : null;

    /// <summary>A profile (Standard where none is named), and a ring or none, as a form offers them; null when it offers no such thing.</summary>
    internal static (DeviceProfile Profile, Ring? Ring)? Chosen(string profile, string ring) =>
        Named<DeviceProfile>(profile.Length == 0 ? nameof(DeviceProfile.Standard) : profile) is { } wanted && (ring.Length == 0 || Named<Ring>(ring) is not null) ? (wanted, Named<Ring>(ring)) : null;

    internal static Refusal NotAmongThem => Refusal.Invalid("There is no such profile or ring.");

    internal static string KeyOf(string serial) => serial.Trim().ToUpperInvariant();

    /// <summary>What is wished for the PC of a line, its group tag taken into account; or why it cannot be registered.</summary>
    internal static (RegistrationWish Wish, RegistrationError? Error) Check(RegistrationLine line, RegistrationWish wish)
    {
        var column = line.Columns.GetValueOrDefault(RegistrationFile.Serial, line.Columns.GetValueOrDefault(RegistrationFile.ScriptSerial, 1));
        if (line.Serial.Length > RegisteredPc.LongestSerial)
        {
            return (wish, new(column, $"The serial number has more than {RegisteredPc.LongestSerial} characters."));
        }

        if (IsPlaceholder(line.Serial))
        {
            return (wish, new(column, "This is no serial number: the maker did not write one."));
        }

        if (line.Hash is { } hash && !IsHash(hash))
        {
            return (wish, new(line.Columns[RegistrationFile.Hash], "The hardware hash is not valid."));
        }

        if (line.GroupTag is { } tag)
        {
            if (OfTag(tag) is not var (profile, isShared))
            {
                return (wish, new(line.Columns[RegistrationFile.Tag], "The group tag names no device profile."));
            }

            wish = wish with { Profile = profile, IsShared = isShared || wish.IsShared };
        }

        return wish is { Profile: DeviceProfile.PowerUser, IsShared: true }
            ? (wish, new(line.Columns.GetValueOrDefault(RegistrationFile.Tag, column), "A PC that several people share cannot have the profile of power users."))
            : (wish, null);
    }

    /// <summary>The profile that a group tag names, to the letter.</summary>
    internal static (DeviceProfile Profile, bool IsShared)? OfTag(string tag)
    {
        foreach (var prefix in TagPrefixes.Where(prefix => tag.StartsWith(prefix, StringComparison.Ordinal)))
        {
            var isShared = tag.EndsWith(SharedTag, StringComparison.Ordinal);
            var name = tag[prefix.Length..^(isShared ? SharedTag.Length : 0)];
            if (Named<DeviceProfile>(name) is { } profile)
            {
                return (profile, isShared);
            }
        }

        return null;
    }

    /// <summary>Base64 of a size that the capture script writes. Whose machine it is only Autopilot could tell.</summary>
    internal static bool IsHash(string text) =>
        text.Length % 4 == 0 && Base64.IsValid(Encoding.ASCII.GetBytes(text), out var size) && size is >= LeastHash and <= MostHash;
}
