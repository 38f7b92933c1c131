using Deskward.DesiredState;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Policies.Exceptions;

/// <summary>Makes of an approved exception what its PCs get, and takes it away again.</summary>
internal sealed class ExceptionAssignment(DeskwardContext db, PolicySets sets, Assignments assignments)
{
    /// <summary>Why the settings cannot be what is asked for; null when they can, or when there are none.</summary>
    internal Refusal? Refuse(Guid customer, string settings)
    {
        var lines = Lines(settings);
        return lines.Any(line => line.IsSecret) ? Refusal.Invalid("A request holds no secrets: everybody who weighs it reads it.")
            : lines.Count == 0 ? null
            : sets.Check(customer, lines).Refusal;
    }

    /// <summary>Puts its settings, as a policy set, on its group in the layer of exceptions.</summary>
    internal async Task<Refusal?> AssignAsync(ExceptionRequest exception, CancellationToken cancellationToken)
    {
        var lines = Lines(exception.Settings);
        if (lines.Count == 0)
        {
            return null;
        }

        var made = await sets.CreateAsync(exception.TenantId, await FreeNameAsync(exception, cancellationToken), exception.Requirement, lines, cancellationToken);
        if (made.IsRefused)
        {
            return made.Refusal;
        }

        var assigned = await assignments.AssignExceptionAsync(made.Value.Id, exception.GroupId, cancellationToken);
        (exception.PolicySetId, exception.AssignmentId) = (made.Value.PolicySetId, assigned.Value?.Assignment.Id);
        return assigned.Refusal;
    }

    /// <summary>Takes it off its PCs; the policy set stays for the record, out of use.</summary>
    internal async Task<Refusal?> RemoveAsync(ExceptionRequest exception, CancellationToken cancellationToken)
    {
        if (exception.AssignmentId is { } id && await db.Set<Assignment>().AnyAsync(row => row.Id == id, cancellationToken)
            && (await assignments.RemoveExceptionAsync(id, cancellationToken)).Refusal is { } refusal)
        {
            return refusal;
        }

        exception.AssignmentId = null;
        if (exception.PolicySetId is { } set && !await db.Set<Assignment>().AnyAsync(row => row.PolicySetId == set, cancellationToken))
        {
            await sets.ArchiveAsync(set, null, cancellationToken);
        }

        return null;
    }

    private static IReadOnlyList<SettingLine> Lines(string settings) => SettingFile.Read(new StringReader(settings));

    private async Task<string> FreeNameAsync(ExceptionRequest exception, CancellationToken cancellationToken)
    {
        var name = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"Exception {exception.Number}");
        return await db.Set<PolicySet>().AnyAsync(row => row.TenantId == exception.TenantId && row.Name == name, cancellationToken) ? $"{name} ({exception.Id:n})" : name;
    }
}
