using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Deskward.Identity;

/// <summary>What a person may do in the portal.</summary>
public enum PersonRole
{
    /// <summary>Nothing: somebody at a PC, who may enrol it.</summary>
    None,

    /// <summary>See everything of the organisation (the provider's: of all customers).</summary>
    Reader,

    /// <summary>See and change everything of the organisation (the provider's: of all customers).</summary>
    Administrator,
}

/// <summary>
/// A local account. The table belongs to the closed list outside tenancy, because a person is looked up by address before the tenant is
/// known; queries for pages go through <see cref="OrganisationId"/>.
/// </summary>
public sealed class Person : IdentityUser<Guid>
{
    public Person() => Id = Guid.CreateVersion7();

    public Guid OrganisationId { get; init; }

    public string DisplayName { get; set; } = "";

    public PersonRole Role { get; set; }

    /// <summary>False: may neither sign in nor enrol.</summary>
    public bool IsEnabled { get; set; } = true;
}

internal sealed class PersonMapping :
    IEntityTypeConfiguration<Person>,
    IEntityTypeConfiguration<IdentityUserClaim<Guid>>,
    IEntityTypeConfiguration<IdentityUserLogin<Guid>>,
    IEntityTypeConfiguration<IdentityUserToken<Guid>>
{
    public void Configure(EntityTypeBuilder<Person> builder)
    {
        builder.ToTable("identity_people").HasKey(row => row.Id);
        builder.Property(row => row.Role).HasConversion<string>().HasMaxLength(20);
        builder.Property(row => row.DisplayName).HasMaxLength(200);
        builder.Property(row => row.UserName).HasMaxLength(320);
        builder.Property(row => row.NormalizedUserName).HasMaxLength(320);
        builder.Property(row => row.Email).HasMaxLength(320);
        builder.Property(row => row.NormalizedEmail).HasMaxLength(320);
        builder.Property(row => row.ConcurrencyStamp).IsConcurrencyToken();
        builder.HasIndex(row => row.NormalizedUserName).IsUnique();
        builder.HasIndex(row => new { row.OrganisationId, row.NormalizedUserName });
    }

    public void Configure(EntityTypeBuilder<IdentityUserClaim<Guid>> builder) => builder.ToTable("identity_claims").HasKey(row => row.Id);

    public void Configure(EntityTypeBuilder<IdentityUserLogin<Guid>> builder) =>
        builder.ToTable("identity_logins").HasKey(row => new { row.LoginProvider, row.ProviderKey });

    public void Configure(EntityTypeBuilder<IdentityUserToken<Guid>> builder) =>
        builder.ToTable("identity_tokens").HasKey(row => new { row.UserId, row.LoginProvider, row.Name });
}
