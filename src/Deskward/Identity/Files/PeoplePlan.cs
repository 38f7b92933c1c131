using System.Net.Mail;
using Deskward.Tenants;

namespace Deskward.Identity.Files;

/// <summary>What an import does with a line.</summary>
internal enum PlannedKind
{
    Add,
    Change,
    Nothing,
    Refuse,
}

/// <summary>A line of the file and what becomes of it.</summary>
/// <param name="Line">Number of the line in the file, from 1.</param>
/// <param name="Kind">What is done.</param>
/// <param name="Address">Whom it is about.</param>
/// <param name="Column">The column that is to blame, when it is refused; null for the line as a whole.</param>
/// <param name="Why">Why it is refused, or what changes; an English sentence.</param>
/// <param name="Wanted">What the line says; null when it is refused.</param>
internal sealed record PlannedLine(int Line, PlannedKind Kind, string Address, string? Column, string? Why, WantedPerson? Wanted);

/// <summary>A person as a line of the file says. What is null is left as it is.</summary>
/// <param name="Name">Name as people write it.</param>
/// <param name="IsEnabled">Whether the person may sign in and enrol; for somebody new, null means yes.</param>
/// <param name="Groups">Names of groups that the person is in, of those made by hand.</param>
internal sealed record WantedPerson(string? Name, bool? IsEnabled, IReadOnlyList<string>? Groups);

/// <summary>Somebody who is there already, as far as an import looks.</summary>
internal sealed record KnownPerson(Guid Id, string Name, bool IsEnabled, bool IsFromDirectory, IReadOnlyList<string> Groups);

/// <summary>Decides what a file of people would do, without doing it.</summary>
internal sealed class PeoplePlan(OrganisationFacts organisation, IReadOnlyDictionary<string, KnownPerson> known, IReadOnlySet<string> groups)
{
    internal const string AddressColumn = "address";
    internal const string NameColumn = "name";
    internal const string EnabledColumn = "enabled";
    internal const string GroupsColumn = "groups";
    internal static readonly string[] Columns = [AddressColumn, NameColumn, EnabledColumn, GroupsColumn];
    private const int LongestAddress = 320;
    private const int LongestName = 200;
    private readonly Dictionary<string, int> _seen = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The address as sign-in compares it.</summary>
    internal static string KeyOf(string address) => address.Normalize().ToUpperInvariant();

    internal IReadOnlyList<PlannedLine> Of(IReadOnlyDictionary<string, int> columns, IEnumerable<CsvRow> rows) => [.. rows.Select(row => Of(columns, row))];

    private PlannedLine Of(IReadOnlyDictionary<string, int> columns, CsvRow row)
    {
        string? Cell(string column) => columns.TryGetValue(column, out var at) ? at < row.Cells.Count ? row.Cells[at] : "" : null;
        var address = Cell(AddressColumn) ?? "";
        PlannedLine Refuse(string? column, string why) => new(row.Line, PlannedKind.Refuse, address, column, why, null);
        if (row.Cells.Skip(columns.Count == 0 ? 0 : columns.Values.Max() + 1).Any(cell => cell.Length > 0) && row.Cells.Count > columns.Count)
        {
            return Refuse(null, "The line has more cells than there are columns.");
        }

        if (address.Length > LongestAddress || !MailAddress.TryCreate(address, out var parsed) || parsed.Address != address || address.Any(char.IsControl))
        {
            return Refuse(AddressColumn, "The address must be a mail address such as alice@contoso.example.");
        }

        if (!organisation.Owns(address))
        {
            return Refuse(AddressColumn, $"The address must end in @{string.Join(" / @", organisation.Domains)}.");
        }

        if (!_seen.TryAdd(address, row.Line))
        {
            return Refuse(AddressColumn, $"Line {_seen[address]} has the same address.");
        }

        var (name, enabled, wanted) = (Cell(NameColumn) is { Length: > 0 } text ? text : null, Cell(EnabledColumn), Groups(Cell(GroupsColumn)));
        if (name is not null && (name.Length > LongestName || name.Any(char.IsControl)))
        {
            return Refuse(NameColumn, $"The name must have 1 to {LongestName} characters, none of them a control character.");
        }

        var isEnabled = Flag(enabled);
        return enabled is { Length: > 0 } && isEnabled is null ? Refuse(EnabledColumn, "Write yes or no.")
            : wanted?.FirstOrDefault(group => !groups.Contains(group.ToUpperInvariant())) is { } missing ? Refuse(GroupsColumn, $"There is no group '{missing}' made by hand.")
            : known.TryGetValue(KeyOf(address), out var person) ? Change(row.Line, address, person, new WantedPerson(name, isEnabled, wanted))
            : name is null ? Refuse(NameColumn, "Somebody new needs a name.")
            : new PlannedLine(row.Line, PlannedKind.Add, address, null, null, new WantedPerson(name, isEnabled, wanted));
    }

    private static PlannedLine Change(int line, string address, KnownPerson person, WantedPerson wanted)
    {
        var changed = new List<string>();
        changed.AddRange(wanted.Name is { } name && name != person.Name ? [NameColumn] : []);
        changed.AddRange(wanted.IsEnabled is { } enabled && enabled != person.IsEnabled ? [EnabledColumn] : []);
        var owned = changed.Count > 0 && person.IsFromDirectory;
        changed.AddRange(wanted.Groups is { } groups && !groups.Select(group => group.ToUpperInvariant()).ToHashSet().SetEquals(person.Groups) ? [GroupsColumn] : []);
        return owned ? new(line, PlannedKind.Refuse, address, changed[0], PeopleLife.OwnedByDirectory.Message, null)
            : changed.Count == 0 ? new(line, PlannedKind.Nothing, address, null, null, wanted)
            : new(line, PlannedKind.Change, address, null, string.Join(", ", changed), wanted);
    }

    private static bool? Flag(string? text) => text?.ToUpperInvariant() switch
    {
        "YES" or "TRUE" or "1" or "是" => true,
        "NO" or "FALSE" or "0" or "否" => false,
        _ => null,
    };

    private static List<string>? Groups(string? cell) => cell?.Split('|', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.OrdinalIgnoreCase).ToList();
}
