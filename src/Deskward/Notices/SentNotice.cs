using System.Text.Json;
using Deskward.Platform;
using Deskward.Platform.Portal;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Deskward.Notices;

/// <summary>One notice as it was told to one reader: the message in the portal, and the record of what was told to whom.</summary>
public sealed class SentNotice : ITenantOwned
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid TenantId { get; init; }

    /// <summary>Null for a bare mail address.</summary>
    public Guid? PersonId { get; init; }

    public string Address { get; init; } = "";

    /// <summary>Key of the kind.</summary>
    public string Kind { get; init; } = "";

    public NoticeImportance Importance { get; init; }

    public bool IsSecurity { get; init; }

    /// <summary>In the language of the reader at that time.</summary>
    public string Subject { get; init; } = "";

    /// <summary>Address and subject in upper case, for searching.</summary>
    public string Search { get; init; } = "";

    /// <summary>The values as JSON, so that the portal says it in the language of the day; null where the portal does not show it.</summary>
    public string? Values { get; init; }

    /// <summary>Page of the portal it leads to; null when none, or when only the mail may tell.</summary>
    public string? Path { get; init; }

    public DateTimeOffset At { get; init; }

    /// <summary>Whether the person sees it in the portal.</summary>
    public bool IsInPortal { get; init; }

    /// <summary>When the person marked it as read; null until then.</summary>
    public DateTimeOffset? ReadAt { get; set; }

    /// <summary>The notice in words; the subject alone when the kind is no longer known or asks for more than was kept.</summary>
    internal SaidNotice In(Language language)
    {
        try
        {
            return NoticeTexts.Say(language, Kind, Values is null ? new Dictionary<string, NoticeValue>() : JsonSerializer.Deserialize<Dictionary<string, NoticeValue>>(Values)!)
                ?? new SaidNotice(Subject, [], null);
        }
        catch (Exception exception) when (exception is InvalidOperationException or JsonException)
        {
            return new SaidNotice(Subject, [], null);
        }
    }
}

internal sealed class SentNoticeMapping : IEntityTypeConfiguration<SentNotice>
{
    public void Configure(EntityTypeBuilder<SentNotice> builder)
    {
        builder.ToTable("notices_sent").HasKey(row => row.Id);
        builder.Property(row => row.Address).HasMaxLength(320);
        builder.Property(row => row.Kind).HasMaxLength(80);
        builder.Property(row => row.Importance).HasConversion<string>().HasMaxLength(20);
        builder.Property(row => row.Subject).HasMaxLength(NoticeTexts.LongestSubject);
        builder.Property(row => row.Search).HasMaxLength(640);
        builder.Property(row => row.Path).HasMaxLength(2000);
        builder.HasIndex(row => new { row.TenantId, row.At });
        builder.HasIndex(row => new { row.PersonId, row.At });
        builder.HasIndex(row => row.PersonId).HasFilter("is_in_portal AND read_at IS NULL").HasDatabaseName("ix_notices_sent_unread");
    }
}
