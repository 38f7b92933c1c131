using Deskward.Platform;
using Deskward.Platform.Duties;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Deskward.Identity;

/// <summary>
/// Somebody of one organisation: signs in, enrols PCs, or is just known. Found by address before the organisation is open through
/// <see cref="TenantLookup"/>.
/// </summary>
public sealed class Person : IdentityUser<Guid>, ITenantOwned
{
    public Person() => Id = Guid.CreateVersion7();

    /// <summary>The one organisation the person belongs to.</summary>
    public Guid TenantId { get; init; }

    public string DisplayName { get; set; } = "";

    /// <summary>
    /// What the person's role assignments amount to, those by group included; kept with each change of them, so that one row tells what a request
    /// needs. Empty: may enrol PCs and look after the own account.
    /// </summary>
    public RoleSet Roles { get; set; }

    /// <summary>Code of the language the person chose for the portal, which mails follow; null: not chosen yet.</summary>
    public string? Language { get; set; }

    /// <summary>False: may neither sign in nor enrol.</summary>
    public bool IsEnabled { get; set; } = true;

    /// <summary>The organisation's directory made the person or took them over: what it owns is changed there, not here.</summary>
    public bool IsFromDirectory { get; set; }

    /// <summary>
    /// The user name is no address in the organisation's domain: nobody signs in or enrols with it, and it is unique in the organisation alone, so
    /// that no organisation learns of another's names. The normalised name is null then.
    /// </summary>
    public bool IsNameLocal { get; set; }

    /// <summary>Folded name and address: what the list of people is sorted by and searches.</summary>
    public string Search { get; set; } = "";

    /// <summary>To be called whenever name or address changed.</summary>
    public void RefreshSearch() => Search = SearchText.Join(DisplayName, UserName, Email == UserName ? null : Email);
}

/// <summary>A role that a person holds, and since when.</summary>
public sealed class RoleAssignment : ITenantOwned
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid TenantId { get; init; }

    public Guid PersonId { get; init; }

    public Role Role { get; init; }

    /// <summary>The group that brings it; null: given to the person.</summary>
    public Guid? GroupId { get; init; }

    public DateTimeOffset Since { get; init; }
}

internal sealed class PersonMapping :
    IEntityTypeConfiguration<Person>,
    IEntityTypeConfiguration<RoleAssignment>,
    IEntityTypeConfiguration<PersonLogin>,
    IEntityTypeConfiguration<PersonToken>
{
    public void Configure(EntityTypeBuilder<Person> builder)
    {
        builder.ToTable("identity_people").HasKey(row => row.Id);
        builder.Property(row => row.Roles).HasConversion(roles => roles.Bits, bits => new RoleSet(bits));
        builder.Property(row => row.DisplayName).HasMaxLength(200);
        builder.Property(row => row.Language).HasMaxLength(20);
        builder.Property(row => row.UserName).HasMaxLength(320);
        builder.Property(row => row.NormalizedUserName).HasMaxLength(320);
        builder.Property(row => row.Email).HasMaxLength(320);
        builder.Property(row => row.NormalizedEmail).HasMaxLength(320);
        builder.Property(row => row.ConcurrencyStamp).IsConcurrencyToken();
        builder.HasIndex(row => row.NormalizedUserName).IsUnique();
        builder.Property(row => row.Search).HasMaxLength(SearchText.Longest);
        builder.HasIndex(row => new { row.TenantId, row.NormalizedUserName });
        builder.HasIndex(row => new { row.TenantId, row.Search, row.Id });
        builder.HasIndex(row => row.TenantId, "ix_identity_people_without_mail").HasFilter("email IS NULL");
        builder.HasIndex(row => row.TenantId, "ix_identity_people_disabled").HasFilter("NOT is_enabled");
    }

    public void Configure(EntityTypeBuilder<RoleAssignment> builder)
    {
        builder.ToTable("identity_role_assignments").HasKey(row => row.Id);
        builder.Property(row => row.Role).HasConversion<string>().HasMaxLength(30);
        builder.HasIndex(row => new { row.TenantId, row.Role });
        builder.HasIndex(row => new { row.PersonId, row.Role, row.GroupId }).IsUnique();
        builder.HasIndex(row => new { row.GroupId, row.PersonId }).HasFilter("group_id IS NOT NULL");
    }

    public void Configure(EntityTypeBuilder<PersonLogin> builder) =>
        builder.ToTable("identity_logins").HasKey(row => new { row.TenantId, row.LoginProvider, row.ProviderKey });

    public void Configure(EntityTypeBuilder<PersonToken> builder) =>
        builder.ToTable("identity_tokens").HasKey(row => new { row.UserId, row.LoginProvider, row.Name });
}
