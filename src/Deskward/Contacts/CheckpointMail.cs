using System.Globalization;
using Deskward.Audit;
using Deskward.Notices;
using Deskward.Platform;
using Deskward.Platform.Duties;
using Deskward.Platform.Portal;
using Deskward.Responsibilities;
using Deskward.Tenants;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Contacts;

/// <summary>
/// Sends the newest checkpoint of an organisation's audit chain to the address that it chose, once a day. A chain that no longer holds what was signed
/// yields no checkpoint: that is told instead, as an alarm, because the silence of a mail is easily overlooked.
/// </summary>
internal sealed class CheckpointMail(DeskwardContext db, AuditCheckpoints checkpoints, AuditChain chain, Contracts contracts, NoticeBoard notices, TimeProvider time)
{
    /// <summary>Of the name of the file.</summary>
    private const int LongestDomain = 60;

    internal static readonly NoticeKind Kind = new("contacts.checkpoint") { InPortal = false };
    internal static readonly NoticeKind Broken = new("contacts.checkpoint-broken") { InPortal = false, Importance = NoticeImportance.High };

    /// <summary>Sends today's, for the organisation that is open; nothing where there is no address, it went out already, or nothing was ever chained.</summary>
    /// <returns>Whether something was sent.</returns>
    internal async Task<bool> SendAsync(OrganisationFacts organisation, CancellationToken cancellationToken)
    {
        if (!await db.Set<CheckpointAddress>().AnyAsync(row => row.TenantId == organisation.Id, cancellationToken))
        {
            return false;
        }

        var today = (await contracts.CalendarAsync(organisation.Id, cancellationToken)).DayOf(time.Now());
        if (await db.Set<CheckpointAddress>().AnyAsync(row => row.TenantId == organisation.Id && row.SentOn == today, cancellationToken))
        {
            return false;
        }

        // Signed outside the transaction: the chain has locks of its own, and a checkpoint too many harms nobody.
        var file = await checkpoints.FileAsync(organisation.Id, organisation.Name, cancellationToken);
        var isEmpty = file is null && (await chain.StateAsync(organisation.Id, cancellationToken)).Chained == 0;
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.LockAsync($"checkpoints:{organisation.Id}", cancellationToken);
        var address = await db.Set<CheckpointAddress>().SingleOrDefaultAsync(row => row.TenantId == organisation.Id, cancellationToken);
        if (address is null || address.SentOn == today || isEmpty)
        {
            return false;
        }

        (address.SentOn, address.SentAt, address.Version) = (today, time.Now(), address.Version + 1);
        await notices.SendAsync(Of(organisation, address, file, today), cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    private static Notice Of(OrganisationFacts organisation, CheckpointAddress address, string? file, DateOnly today)
    {
        var day = today.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        return new Notice(file is null ? Broken : Kind, organisation.Id)
        {
            To = [new Recipient(null, address.Mail, Language.Find(address.Language))],
            Values = new Dictionary<string, NoticeValue> { ["organisation"] = organisation.Name, ["day"] = day },
            Attachments = file is null ? [] : [new NoticeAttachment($"audit-checkpoint-{organisation.Domain[..Math.Min(LongestDomain, organisation.Domain.Length)]}-{day}.txt", "text/plain", file)],
        };
    }
}

/// <summary>Once a day for each organisation that has an address; any node may, the first does.</summary>
[Serves("platform.operation", DutyAction.Act)]
internal sealed class CheckpointRounds(IServiceScopeFactory scopes, OrganisationList organisations, DatabaseOutage outage, TimeProvider time, ILogger<CheckpointRounds> log) : PeriodicWork(time, outage, log)
{
    protected override TimeSpan Every => TimeSpan.FromMinutes(10);

    protected override TimeSpan First => TimeSpan.FromMinutes(1);

    protected override Task RoundAsync(CancellationToken cancellationToken) => SendAllAsync(cancellationToken);

    internal async Task SendAllAsync(CancellationToken cancellationToken)
    {
        foreach (var organisation in await organisations.AllAsync(cancellationToken))
        {
            await using var scope = scopes.CreateAsyncScope();
            scope.ServiceProvider.GetRequiredService<TenantScope>().Open(organisation.Id);
            await scope.ServiceProvider.GetRequiredService<CheckpointMail>().SendAsync(organisation, cancellationToken);
        }
    }
}
