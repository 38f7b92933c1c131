using System.Net.Mail;
using Deskward.Audit;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Deskward.Contacts;

/// <summary>Where an organisation wants the checkpoints of its audit chain sent, each day: outside the reach of whoever runs the service.</summary>
public sealed class CheckpointAddress : ITenantOwned
{
    /// <summary>The organisation; one address each.</summary>
    public Guid TenantId { get; init; }

    public string Mail { get; set; } = "";

    /// <summary>Code of the language that the mail is written in.</summary>
    public string Language { get; set; } = "";

    /// <summary>The day, in the organisation's calendar, of the last checkpoint that was sent; null: none yet.</summary>
    public DateOnly? SentOn { get; set; }

    /// <summary>What was sent last, up to which row of the chain the customer can prove; null: none yet.</summary>
    public DateTimeOffset? SentAt { get; set; }

    public int Version { get; set; }
}

internal sealed class CheckpointAddressMapping : IEntityTypeConfiguration<CheckpointAddress>
{
    public void Configure(EntityTypeBuilder<CheckpointAddress> builder)
    {
        builder.ToTable("contacts_checkpoint_addresses").HasKey(row => row.TenantId);
        builder.Property(row => row.Mail).HasMaxLength(320);
        builder.Property(row => row.Language).HasMaxLength(20);
        builder.Property(row => row.Version).IsConcurrencyToken();
    }
}

/// <summary>Sets the address, audited.</summary>
public sealed class CheckpointAddresses(DeskwardContext db, AuditTrail audit)
{
    internal Task<CheckpointAddress?> FindAsync(Guid organisation, CancellationToken cancellationToken) =>
        db.Set<CheckpointAddress>().AsNoTracking().SingleOrDefaultAsync(row => row.TenantId == organisation, cancellationToken);

    /// <summary>Sets the address; an empty one ends the mails.</summary>
    internal async Task<Refusal?> SetAsync(Guid organisation, string mail, string language, CancellationToken cancellationToken)
    {
        if (mail.Length > 0 && (mail.Length > 320 || !MailAddress.TryCreate(mail, out var parsed) || parsed.Address != mail || mail.Any(char.IsControl)))
        {
            return Refusal.Invalid("The address must be a mail address such as alice@contoso.example.");
        }

        if (Platform.Portal.Language.Find(language) is not { } found)
        {
            return Refusal.Invalid("Choose a language.");
        }

        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.LockAsync($"checkpoints:{organisation}", cancellationToken);
        var row = await db.Set<CheckpointAddress>().SingleOrDefaultAsync(address => address.TenantId == organisation, cancellationToken);
        var before = row is null ? null : new { row.Mail, row.Language };
        if (mail.Length == 0)
        {
            db.RemoveRange(row is null ? [] : [row]);
        }
        else
        {
            row ??= db.Add(new CheckpointAddress { TenantId = organisation }).Entity;
            (row.Mail, row.Language, row.Version) = (mail, found.Code, row.Version + 1);
        }

        audit.Record(organisation, "audit.address", organisation, mail, before, mail.Length == 0 ? null : new { mail, language = found.Code });
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return null;
    }
}
