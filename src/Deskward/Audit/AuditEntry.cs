using System.Security.Cryptography;
using System.Text.Json;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Deskward.Audit;

/// <summary>Who acted.</summary>
public enum ActorKind
{
    Person,
    Program,
    Service,
    Device,
}

/// <summary>The one who acts in the current scope of work.</summary>
/// <param name="Kind">Person, program, PC, or the service itself.</param>
/// <param name="Id">Whose; null for the service.</param>
/// <param name="Name">Address or name as it was when acting.</param>
public sealed record Actor(ActorKind Kind, Guid? Id, string Name)
{
    /// <summary>The service itself, acting without being asked.</summary>
    public static Actor Service { get; } = new(ActorKind.Service, null, "Deskward");
}

/// <summary>
/// One decision or change of a record: who, what, on what, before and after. Never deleted with what it tells about, and never changed, but that its
/// content can be erased (<see cref="AuditErasure"/>).
/// </summary>
public sealed class AuditEntry : ITenantOwned
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid TenantId { get; init; }

    public DateTimeOffset At { get; init; }

    public ActorKind ActorKind { get; init; }

    public Guid? ActorId { get; init; }

    public string ActorName { get; init; } = "";

    /// <summary>What was done: <c>noun.verb</c>, such as <c>assignment.add</c>; texts per language hang on it.</summary>
    public string Action { get; init; } = "";

    /// <summary>What kind of thing it was done to: the first word of the action, unless the action says otherwise.</summary>
    public string ObjectKind { get; init; } = "";

    public Guid? ObjectId { get; init; }

    /// <summary>The thing's name as it was.</summary>
    public string ObjectName { get; init; } = "";

    /// <summary>What it was, as JSON; null when there was nothing before.</summary>
    public string? Before { get; init; }

    /// <summary>What it became, as JSON; null when nothing is left.</summary>
    public string? After { get; init; }

    /// <summary>16 random bytes that go into the digest of the content, so that nobody can guess erased content and test it; null when the content was erased.</summary>
    public byte[]? Salt { get; init; } = RandomNumberGenerator.GetBytes(SaltSize);

    internal const int SaltSize = 16;
}

/// <summary>Writes audit rows into the transaction of the change they tell about.</summary>
public sealed class AuditTrail(DeskwardContext db, TimeProvider time)
{
    /// <summary>Who acts in this scope; the service until somebody is recognised.</summary>
    public Actor Actor { get; set; } = Actor.Service;

    /// <summary>
    /// Adds a row; it is saved with the change, and chained within a second of the commit. <paramref name="before"/> and <paramref name="after"/> must hold no
    /// secret.
    /// </summary>
    public void Record(Guid tenant, string action, Guid? objectId, string objectName, object? before = null, object? after = null) =>
        Add(tenant, action, objectId, objectName, before, after);

    internal AuditEntry Add(Guid tenant, string action, Guid? objectId, string objectName, object? before, object? after)
    {
        var now = time.Now();
        var entry = new AuditEntry
        {
            TenantId = tenant,
            At = now,
            ActorKind = Actor.Kind,
            ActorId = Actor.Id,
            ActorName = Actor.Name,
            Action = action,
            ObjectKind = action.Split('.')[0],
            ObjectId = objectId,
            ObjectName = objectName,
            Before = before is null ? null : JsonSerializer.Serialize(before, JsonSerializerOptions.Web),
            After = after is null ? null : JsonSerializer.Serialize(after, JsonSerializerOptions.Web),
        };
        db.Add(entry);
        db.Add(new UnchainedEntry { TenantId = tenant, Position = WritingOrder.Next(now), EntryId = entry.Id });
        PublishAfterCommit.Add(db, [new Change(UnchainedEntry.ChangeKind, tenant, entry.Id)]);
        return entry;
    }
}

internal sealed class AuditEntryMapping : IEntityTypeConfiguration<AuditEntry>
{
    public void Configure(EntityTypeBuilder<AuditEntry> builder)
    {
        builder.ToTable("audit_entries").HasKey(row => row.Id);
        builder.Property(row => row.ActorKind).HasConversion<string>().HasMaxLength(20);
        builder.Property(row => row.ActorName).HasMaxLength(320);
        builder.Property(row => row.Action).HasMaxLength(80);
        builder.Property(row => row.ObjectKind).HasMaxLength(40);
        builder.Property(row => row.ObjectName).HasMaxLength(320);
        builder.Property(row => row.Salt).HasMaxLength(AuditEntry.SaltSize);
        builder.HasIndex(row => new { row.TenantId, row.At });
        builder.HasIndex(row => new { row.TenantId, row.ObjectId, row.At });
        // What people did is little beside what PCs and the service did.
        builder.HasIndex(row => new { row.TenantId, row.ActorKind, row.At });
    }
}
