using Deskward.Platform.Duties;

namespace Deskward.Responsibilities;

/// <summary>What must hold of any matrix, whatever it says.</summary>
internal static class MatrixCheck
{
    private static readonly string[] RowIds = ["P1", "P2", "P3", "P4", "P5", "P6", "C1", "C2", "C3", "C4", "C5", "C6", "C7", "C8", "C9"];
    private static readonly string[] Others = ["anyone", "signedIn", "device", "directory", "operator", "service"];

    /// <summary>The roles that must not see what is about security.</summary>
    private static readonly string[] NotSecurity = ["customer.itAdministrator", "customer.changeApprover", "customer.appPackager", "customer.serviceReader", "customer.supportPartner", "customer.endUser"];

    /// <summary>The first contradiction; null when there is none.</summary>
    internal static string? Refuse(IReadOnlyList<MatrixRow> rows, IReadOnlyList<MatrixDuty> platform)
    {
        if (!rows.Select(row => row.Id).SequenceEqual(RowIds))
        {
            return $"the rows must be {string.Join(", ", RowIds)}";
        }

        var duties = rows.SelectMany(row => row.Duties.Select(duty => (Row: row.Id, Duty: duty))).Concat(platform.Select(duty => (Row: "platform", Duty: duty))).ToList();
        return duties.GroupBy(pair => pair.Duty.Id).Where(group => group.Count() > 1).Select(group => $"{group.Key} stands there twice")
            .Concat(duties.Where(pair => !pair.Duty.Id.StartsWith(pair.Row + ".", StringComparison.Ordinal)).Select(pair => $"{pair.Duty.Id} stands under {pair.Row}"))
            .Concat(rows.Where(row => row.Duties.Count == 0).Select(row => $"{row.Id} has no duty"))
            .Concat(rows.Where(row => row.Owner != (row.Id[0] == 'P' ? Party.Provider : Party.Customer)).Select(row => $"{row.Id} belongs to the other party"))
            .Concat(duties.SelectMany(pair => Refuse(pair.Duty))).FirstOrDefault();
    }

    private static IEnumerable<string> Refuse(MatrixDuty duty)
    {
        if (duty.Actions.Count == 0)
        {
            yield return $"{duty.Id} has no action";
        }

        if (string.IsNullOrWhiteSpace(duty.Text.En) || string.IsNullOrWhiteSpace(duty.Text.Zh))
        {
            yield return $"{duty.Id} lacks a text";
        }

        foreach (var (action, roles) in duty.Actions)
        {
            foreach (var wrong in Refuse(roles, duty.Security).Concat(RefuseDelegation(duty, roles)))
            {
                yield return $"{duty.Id}, {action}: {wrong}";
            }
        }
    }

    private static IEnumerable<string> Refuse(ActionRoles roles, bool security)
    {
        foreach (var name in roles.Named.Where(name => RoleNames.Find(name) is null))
        {
            yield return $"there is no role {name}";
        }

        foreach (var name in (roles.By ?? []).Except(Others))
        {
            yield return $"there is no party {name}";
        }

        if (!roles.Named.Any() && roles.By is null or [])
        {
            yield return "nobody may do it";
        }

        foreach (var name in (roles.Customer ?? []).Where(name => !name.StartsWith("customer.", StringComparison.Ordinal))
            .Concat(new[] { roles.Provider, roles.Standing, roles.Grant, roles.Protective }.SelectMany(list => list ?? []).Where(name => !name.StartsWith("provider.", StringComparison.Ordinal))))
        {
            yield return $"{name} is of the other party";
        }

        foreach (var name in security ? roles.Named.Intersect(NotSecurity) : [])
        {
            yield return $"{name} sees nothing of security";
        }
    }

    private static IEnumerable<string> RefuseDelegation(MatrixDuty duty, ActionRoles roles)
    {
        if (roles.Delegated?.Any(name => name.StartsWith("provider.", StringComparison.Ordinal)) == true && duty.Delegable?.Contains(DutyHolder.Provider) != true)
        {
            yield return "it is not delegable to the provider";
        }

        if (roles.Delegated?.Any(name => name.StartsWith("customer.", StringComparison.Ordinal)) == true && duty.Delegable?.Contains(DutyHolder.SupportPartner) != true)
        {
            yield return "it is not delegable to a support partner";
        }
    }
}
