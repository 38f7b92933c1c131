using System.Globalization;
using Deskward.Contacts;
using Deskward.Devices;
using Deskward.Identity;
using Deskward.Notices;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Policies.Compliance;

/// <summary>A PC that fell out of compliance, with what it breaks.</summary>
internal sealed record FallenPc(EvaluatedPc Pc, IReadOnlyList<RuleVerdict> Verdicts);

/// <summary>Tells the person of a PC that breaks a rule, and the contacts for devices of those whose grace is over.</summary>
internal sealed class ComplianceNotices(DeskwardContext db, NoticeBoard board, AreaReaders readers)
{
    internal static readonly NoticeKind Person = new("policies.compliance-person");
    internal static readonly NoticeKind Contacts = new("policies.compliance-contacts");
    private const int MostNamed = 5;

    /// <summary>Told to each PC's person, in the transaction of its new standing: which rule, and by when.</summary>
    internal async Task TellPeopleAsync(Guid tenant, IReadOnlyList<FallenPc> fallen, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (fallen.Count == 0)
        {
            return;
        }

        Guid[] ids = [.. fallen.Select(one => one.Pc.PersonId).OfType<Guid>().Distinct()];
        var people = await db.Set<Person>().AsNoTracking().Where(person => ids.Contains(person.Id) && person.IsEnabled).ToDictionaryAsync(person => person.Id, cancellationToken);
        foreach (var (pc, verdicts) in fallen)
        {
            if (pc.PersonId is { } id && people.TryGetValue(id, out var person))
            {
                var first = verdicts.Where(verdict => verdict.Result == RuleResult.Broken).OrderBy(verdict => verdict.GraceUntil).First();
                await board.SendAsync(
                    new Notice(Person, tenant)
                    {
                        To = [person.AsRecipient()],
                        Values = new Dictionary<string, NoticeValue>
                        {
                            ["pc"] = pc.Name, ["rule"] = first.Rule.IsSetting ? first.Rule.Key : NoticeValue.OfText("compliance.rule." + first.Rule.Key),
                            ["until"] = first.GraceUntil ?? now, ["count"] = verdicts.Count(verdict => verdict.Result == RuleResult.Broken).ToString(CultureInfo.InvariantCulture),
                        },
                    },
                    cancellationToken);
            }
        }
    }

    /// <summary>One notice for all PCs of which the contacts have not heard yet.</summary>
    internal async Task TellContactsAsync(Guid tenant, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.LockAsync($"policies.compliance:{tenant}", cancellationToken);
        var untold = db.Set<PcCompliance>().Where(row => row.TenantId == tenant && row.IsToBeTold);
        var count = await untold.CountAsync(cancellationToken);
        if (count == 0)
        {
            return;
        }

        var names = await untold.Join(db.Set<Device>(), row => row.DeviceId, device => device.Id, (row, device) => device.Name).OrderBy(name => name).Take(MostNamed).ToListAsync(cancellationToken);
        await board.SendAsync(
            new Notice(Contacts, tenant)
            {
                To = await readers.OfAsync(tenant, ContactArea.Devices, cancellationToken),
                Values = new Dictionary<string, NoticeValue> { ["count"] = count.ToString(CultureInfo.InvariantCulture), ["names"] = string.Join(", ", names) + (count > names.Count ? " …" : "") },
                Link = NoticeLink.Page("/compliance?state=NotCompliant"),
            },
            cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        await untold.ExecuteUpdateAsync(set => set.SetProperty(row => row.IsToBeTold, false), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }
}
