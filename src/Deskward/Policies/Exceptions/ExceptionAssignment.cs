using Deskward.DesiredState;
using Deskward.DesiredState.Plans;
using Deskward.Platform;
using Deskward.Platform.Plans;
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

    /// <summary>What approving it would do to the documents of its PCs.</summary>
    internal async Task<DocumentPlan> PlanAsync(ExceptionRequest exception, CancellationToken cancellationToken) =>
        Lines(exception.Settings) is { Count: > 0 } lines && sets.Check(exception.TenantId, lines) is { Refusal: null } draft
            ? await assignments.PlanExceptionAsync(exception.GroupId, draft.Settings, NameOf(exception), cancellationToken)
            : DocumentPlan.Empty;

    /// <summary>What taking it off would do to them.</summary>
    internal async Task<DocumentPlan> PlanRemovalAsync(ExceptionRequest exception, CancellationToken cancellationToken) =>
        exception.AssignmentId is { } id ? (await assignments.PreviewRemovalAsync(id, cancellationToken)).Value ?? DocumentPlan.Empty : DocumentPlan.Empty;

    /// <summary>Puts its settings, as a policy set, on its group in the layer of exceptions.</summary>
    /// <param name="exception">The exception.</param>
    /// <param name="digest">That of the plan which the person saw: another one is refused with Conflict; null when nobody looked.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    internal async Task<Refusal?> AssignAsync(ExceptionRequest exception, string? digest, CancellationToken cancellationToken)
    {
        if (digest is not null && digest != (await PlanAsync(exception, cancellationToken)).Digest)
        {
            return Refusal.Conflict(ChangePlans.Stale);
        }

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
    /// <param name="exception">The exception.</param>
    /// <param name="digest">As when assigning.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    internal async Task<Refusal?> RemoveAsync(ExceptionRequest exception, string? digest, CancellationToken cancellationToken)
    {
        if (digest is not null && digest != (await PlanRemovalAsync(exception, cancellationToken)).Digest)
        {
            return Refusal.Conflict(ChangePlans.Stale);
        }

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

    private static string NameOf(ExceptionRequest exception) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"Exception {exception.Number}");

    private async Task<string> FreeNameAsync(ExceptionRequest exception, CancellationToken cancellationToken)
    {
        var name = NameOf(exception);
        return await db.Set<PolicySet>().AnyAsync(row => row.TenantId == exception.TenantId && row.Name == name, cancellationToken) ? $"{name} ({exception.Id:n})" : name;
    }
}
