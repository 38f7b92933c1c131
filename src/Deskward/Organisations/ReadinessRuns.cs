using Deskward.Audit;
using Deskward.Platform;
using Deskward.Platform.Portal;
using Deskward.Tenants;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Organisations;

/// <summary>
/// Runs the checks of readiness that modules have registered and keeps what they found. Each runs in a scope of its own with the customer open: whoever may
/// ask by the matrix may do so at the standing level, because findings hold no personal data.
/// </summary>
public sealed class ReadinessRuns(IServiceScopeFactory scopes, IEnumerable<ReadinessCheck> checks, AuditTrail trail, TimeProvider time, ILogger<ReadinessRuns> log)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>The checks, in the order of the path.</summary>
    internal IReadOnlyList<ReadinessCheck> Checks { get; } = [.. checks.OrderBy(check => check.Order).ThenBy(check => check.Key, StringComparer.Ordinal)];

    /// <summary>Those whose findings a person may see.</summary>
    internal IEnumerable<ReadinessCheck> ShownTo(CurrentPerson person) => Checks.Where(check => check.Duty is null || person.Sees(check.Duty));

    /// <summary>Runs all checks of a customer; what one cannot find out is its finding, and holds up no other.</summary>
    public async Task<IReadOnlyList<ReadinessRow>> RunAsync(Guid customer, CancellationToken cancellationToken)
    {
        var found = await Task.WhenAll(Checks.Select(check => LookAsync(check, customer, cancellationToken)));
        await using var scope = Open(customer);
        var db = scope.ServiceProvider.GetRequiredService<DeskwardContext>();
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.LockAsync($"readiness:{customer}", cancellationToken);
        var rows = await db.Set<ReadinessRow>().Where(row => row.TenantId == customer).ToDictionaryAsync(row => row.Key, cancellationToken);
        foreach (var (check, finding) in Checks.Zip(found))
        {
            var row = rows.GetValueOrDefault(check.Key) ?? db.Add(new ReadinessRow { TenantId = customer, Key = check.Key }).Entity;
            (row.Result, row.Text, row.Value, row.At) = (finding.Result, finding.Text, Cut(finding.Value), time.Now());
        }

        db.RemoveRange(rows.Values.Where(row => Checks.All(check => check.Key != row.Key)));
        Record(scope, customer, "readiness.run", new { Results = Checks.Zip(found).ToDictionary(pair => pair.First.Key, pair => pair.Second.Result.ToString()) });
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return [.. db.ChangeTracker.Entries<ReadinessRow>().Select(entry => entry.Entity)];
    }

    /// <summary>Deletes what was found.</summary>
    internal async Task DeleteAsync(Guid customer, CancellationToken cancellationToken)
    {
        await using var scope = Open(customer);
        var db = scope.ServiceProvider.GetRequiredService<DeskwardContext>();
        db.RemoveRange(await db.Set<ReadinessRow>().Where(row => row.TenantId == customer).ToListAsync(cancellationToken));
        Record(scope, customer, "readiness.delete", null);
        await db.SaveChangesAsync(cancellationToken);
    }

    private async Task<ReadinessFinding> LookAsync(ReadinessCheck check, Guid customer, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            await using var scope = Open(customer);
            return await check.Look(scope.ServiceProvider, customer, patience.Token);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // Whatever a check trips over, the others are told.
            OrganisationsLog.CheckFailed(log, exception, check.Key);
            return new(Readiness.Error, "readiness.failed");
        }
    }

    private AsyncServiceScope Open(Guid customer)
    {
        var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<TenantScope>().Open(customer);
        return scope;
    }

    private void Record(AsyncServiceScope scope, Guid customer, string action, object? after)
    {
        var audit = scope.ServiceProvider.GetRequiredService<AuditTrail>();
        audit.Actor = trail.Actor;
        audit.Record(customer, action, customer, "", after: after);
    }

    private static string? Cut(string? value) => value?.Length > ReadinessFinding.LongestValue ? value[..ReadinessFinding.LongestValue] : value;
}
