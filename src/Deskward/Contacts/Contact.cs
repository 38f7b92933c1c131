using Deskward.Platform;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Deskward.Contacts;

/// <summary>What a contact is named for.</summary>
public enum ContactArea
{
    AppPackaging,
    Devices,
    Security,
    HelpDesk,
    Updates,

    /// <summary>Whatever else; nobody needs to be named for it.</summary>
    Other,
}

/// <summary>Somebody whom the provider turns to in one area: needs no account. Readable at the standing level, because that is what contacts are for.</summary>
public sealed class Contact : IStandingReadable
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid TenantId { get; init; }

    public ContactArea Area { get; init; }

    public string Name { get; set; } = "";

    public string Mail { get; set; } = "";

    /// <summary>As people write it; empty when there is none.</summary>
    public string Telephone { get; set; } = "";

    /// <summary>Code of a language of the portal; mails are written in it.</summary>
    public string Language { get; set; } = "";

    /// <summary>Days on which the contact works: bits by day of the week, Sunday the lowest.</summary>
    public int WorkingDays { get; set; }

    /// <summary>When the work begins, in the customer's time zone.</summary>
    public TimeOnly WorksFrom { get; set; }

    /// <summary>When it ends; before <see cref="WorksFrom"/> when the shift goes over midnight.</summary>
    public TimeOnly WorksUntil { get; set; }

    /// <summary>No mail about the course of requests of the area.</summary>
    public bool NoRequestMail { get; set; }

    /// <summary>No mail about new messages of the area. What is severe reaches every contact all the same.</summary>
    public bool NoMessageMail { get; set; }

    /// <summary>When it was removed; null: it stands. What was removed can be put back until it is deleted after <see cref="Kept"/>.</summary>
    public DateTimeOffset? RemovedAt { get; set; }

    public int Version { get; set; }

    internal static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    internal bool IsSecurity => Area == ContactArea.Security;

    /// <summary>Contacts of security are told of in the audit under a kind of their own, which is not for everybody.</summary>
    internal string AuditKind => ContactAreas.AuditKind(Area);
}

/// <summary>Somebody confirmed that the contacts of an area are right. Rows are added, never changed; the last one counts.</summary>
public sealed class AreaConfirmation : IStandingReadable
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid TenantId { get; init; }

    public ContactArea Area { get; init; }

    /// <summary>The day in the customer's calendar.</summary>
    public DateOnly Day { get; init; }

    public DateTimeOffset At { get; init; }

    /// <summary>Address of who confirmed.</summary>
    public string By { get; init; } = "";

    /// <summary>How many contacts the area had.</summary>
    public int Contacts { get; init; }
}

/// <summary>A reminder that went out, so that no other node sends it again.</summary>
internal sealed class ContactReminder : ITenantOwned
{
    public Guid TenantId { get; init; }

    /// <summary>About the contacts of security, or about all others.</summary>
    public bool IsSecurity { get; init; }

    public DateOnly Day { get; init; }
}

internal sealed class ContactMapping : IEntityTypeConfiguration<Contact>, IEntityTypeConfiguration<AreaConfirmation>, IEntityTypeConfiguration<ContactReminder>
{
    public void Configure(EntityTypeBuilder<Contact> builder)
    {
        builder.ToTable("contacts_contacts").HasKey(row => row.Id);
        builder.Property(row => row.Area).HasConversion<string>().HasMaxLength(20);
        builder.Property(row => row.Name).HasMaxLength(200);
        builder.Property(row => row.Mail).HasMaxLength(320);
        builder.Property(row => row.Telephone).HasMaxLength(40);
        builder.Property(row => row.Language).HasMaxLength(20);
        builder.Property(row => row.Version).IsConcurrencyToken();
        builder.HasIndex(row => new { row.TenantId, row.Area });
    }

    public void Configure(EntityTypeBuilder<AreaConfirmation> builder)
    {
        builder.ToTable("contacts_confirmations").HasKey(row => row.Id);
        builder.Property(row => row.Area).HasConversion<string>().HasMaxLength(20);
        builder.Property(row => row.By).HasMaxLength(320);
        builder.HasIndex(row => new { row.TenantId, row.Area, row.Day });
    }

    public void Configure(EntityTypeBuilder<ContactReminder> builder) => builder.ToTable("contacts_reminders").HasKey(row => new { row.TenantId, row.IsSecurity, row.Day });
}
