namespace Deskward.Contacts;

/// <summary>The areas, and what follows from each.</summary>
public static class ContactAreas
{
    internal const string Duty = "C7.contacts";
    internal const string SecurityDuty = "C7.security-contacts";

    public static IReadOnlyList<ContactArea> All { get; } = Enum.GetValues<ContactArea>();

    /// <summary>The duty that one must have in order to see the contacts of an area.</summary>
    public static string DutyOf(ContactArea area) => area == ContactArea.Security ? SecurityDuty : Duty;

    /// <summary>The areas of security, or all others.</summary>
    internal static IEnumerable<ContactArea> Of(bool security) => All.Where(area => area == ContactArea.Security == security);

    internal static string AuditKind(ContactArea area) => area == ContactArea.Security ? "securityContact" : "contact";
}

/// <summary>How an area stands.</summary>
public enum AreaState
{
    /// <summary>Named, and confirmed not too long ago.</summary>
    Confirmed,

    /// <summary>Nobody is named, and nobody needs to be.</summary>
    Empty,

    /// <summary>Named and not confirmed yet.</summary>
    Unconfirmed,

    /// <summary>The confirmation is too old.</summary>
    Overdue,

    /// <summary>Nobody is named.</summary>
    Missing,
}

/// <summary>How one area of one customer stands on a day.</summary>
/// <param name="Area">The area.</param>
/// <param name="Contacts">How many are named.</param>
/// <param name="ConfirmedOn">The day of the last confirmation; null: never.</param>
/// <param name="State">What follows from it.</param>
/// <param name="DueOn">By when it is to be confirmed anew; null while there is nothing to confirm.</param>
public sealed record AreaStanding(ContactArea Area, int Contacts, DateOnly? ConfirmedOn, AreaState State, DateOnly? DueOn)
{
    /// <param name="area">The area.</param>
    /// <param name="contacts">How many are named now.</param>
    /// <param name="confirmedOn">The last confirmation; null: none.</param>
    /// <param name="today">The day, in the customer's calendar.</param>
    /// <param name="validDays">How long a confirmation holds, as agreed.</param>
    internal static AreaStanding On(ContactArea area, int contacts, DateOnly? confirmedOn, DateOnly today, int validDays)
    {
        var due = contacts == 0 ? null : confirmedOn?.AddDays(validDays);
        var state = (contacts, confirmedOn) switch
        {
            (0, _) => area == ContactArea.Other ? AreaState.Empty : AreaState.Missing,
            (_, null) => AreaState.Unconfirmed,
            _ => today > due ? AreaState.Overdue : AreaState.Confirmed,
        };
        return new(area, contacts, confirmedOn, state, due);
    }
}

/// <summary>When somebody is reminded to name and confirm contacts: once ahead of the day, and again and again from that day on.</summary>
internal static class ReminderRule
{
    /// <param name="today">The day, in the customer's calendar.</param>
    /// <param name="due">The earliest day by which something is to be done; a day in the past where it should have been done long ago.</param>
    /// <param name="last">The last reminder; null: none yet.</param>
    /// <param name="before">How many days ahead the first one goes out.</param>
    /// <param name="every">After how many days it is repeated once the day has come.</param>
    internal static bool IsDue(DateOnly today, DateOnly due, DateOnly? last, int before, int every) =>
        today >= due.AddDays(-before) && (last is not { } sent || sent < due.AddDays(-before) || (today >= due && (sent < due || sent.AddDays(every) <= today)));
}
