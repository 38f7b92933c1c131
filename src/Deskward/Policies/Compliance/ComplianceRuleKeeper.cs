using Deskward.Audit;
using Deskward.Platform;
using Deskward.Protocol.Csp;

namespace Deskward.Policies.Compliance;

/// <summary>Makes versions of a customer's rules: the provider's work.</summary>
public sealed class ComplianceRuleKeeper(DeskwardContext db, AuditTrail audit, TimeProvider time)
{
    /// <param name="customer">The customer, which is open.</param>
    /// <param name="seen">Number of the version that was looked at.</param>
    /// <param name="rules">All rules of the next version.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>The number of the new version; Invalid, or Conflict when there is a newer version or nothing changes.</returns>
    internal async Task<Outcome<int>> ChangeAsync(Guid customer, int seen, IReadOnlyList<ComplianceRule> rules, CancellationToken cancellationToken)
    {
        rules = [.. rules.Select(rule => rule.IsSetting ? rule with { Key = Catalogue.Default.CanonicalPath(rule.Key) ?? rule.Key } : rule)];
        if (ComplianceRules.Refuse(rules) is { } refusal)
        {
            return refusal;
        }

        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.LockAsync($"policies.compliance:{customer}", cancellationToken);
        var (number, present) = await ComplianceRules.OfAsync(db, customer, cancellationToken);
        if (number != seen)
        {
            return Refusal.Conflict("Somebody else changed this meanwhile. Look at it again.");
        }

        if (present.SequenceEqual(rules))
        {
            return Refusal.Conflict("These are the rules that hold already.");
        }

        var row = new ComplianceRuleSet { TenantId = customer, Number = number + 1, Rules = ComplianceRules.Write(rules), CreatedBy = audit.Actor.Name, CreatedAt = time.Now() };
        db.Add(row);
        audit.Record(customer, "compliance.rules", row.Id, row.Number.ToString(System.Globalization.CultureInfo.InvariantCulture), before: new { Rules = present }, after: new { Rules = rules });
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return row.Number;
    }
}
