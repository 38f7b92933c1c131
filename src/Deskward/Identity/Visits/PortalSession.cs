using Deskward.Platform;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Deskward.Identity.Visits;

/// <summary>By what somebody proved who they are.</summary>
[Flags]
public enum SignInMethods
{
    None = 0,
    Password = 1,
    AuthenticatorApp = 2,

    /// <summary>A key and a finger, a face or a PIN: two factors at once.</summary>
    Passkey = 4,
    RecoveryCode = 8,

    /// <summary>A code from the envelope.</summary>
    EmergencyCode = 16,

    /// <summary>The organisation's own identity provider.</summary>
    IdentityProvider = 32,

    /// <summary>The identity provider says that it asked for more than a password.</summary>
    ProviderSecondFactor = 64,
}

/// <summary>
/// Somebody signed in with one browser. The cookie names the row and nothing else; each request looks at it, so that ending it takes effect at once
/// on every node.
/// </summary>
public sealed class PortalSession : ITenantOwned
{
    /// <summary>How long it lasts without a request.</summary>
    internal static readonly TimeSpan Idle = TimeSpan.FromHours(10);

    /// <summary>How long it lasts at all.</summary>
    internal static readonly TimeSpan Longest = TimeSpan.FromHours(24);

    /// <summary>By how much the clocks of nodes may differ.</summary>
    private static readonly TimeSpan ClockSlack = TimeSpan.FromMinutes(5);

    private const SignInMethods Strong =
        SignInMethods.AuthenticatorApp | SignInMethods.Passkey | SignInMethods.RecoveryCode | SignInMethods.EmergencyCode | SignInMethods.ProviderSecondFactor;

    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid TenantId { get; init; }

    public Guid PersonId { get; init; }

    /// <summary>The person's stamp when it began: a change of password, roles or access changes the stamp and so ends it.</summary>
    public string Stamp { get; set; } = "";

    public SignInMethods Methods { get; set; }

    public DateTimeOffset StartedAt { get; init; }

    /// <summary>To the minute or so: not each request is written down.</summary>
    public DateTimeOffset LastSeenAt { get; init; }

    /// <summary>When the person last proved who they are.</summary>
    public DateTimeOffset ConfirmedAt { get; set; }

    /// <summary>The address it came from last.</summary>
    public string Source { get; init; } = "";

    /// <summary>Which browser on what, as far as it tells.</summary>
    public string Browser { get; init; } = "";

    /// <summary>Null while it lasts.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Whether more than a password was shown.</summary>
    internal bool IsStrong => (Methods & Strong) != 0;

    /// <summary>Whether it holds for the person now. One that was seen in the future does not: the clock went back, and would let it live longer than it may.</summary>
    internal bool Holds(Person person, DateTimeOffset now) =>
        EndedAt is null && person.IsEnabled && Stamp == (person.SecurityStamp ?? "") && LastSeenAt + Idle > now && StartedAt + Longest > now && LastSeenAt <= now + ClockSlack;
}

internal sealed class PortalSessionMapping : IEntityTypeConfiguration<PortalSession>
{
    public void Configure(EntityTypeBuilder<PortalSession> builder)
    {
        builder.ToTable("identity_sessions").HasKey(row => row.Id);
        builder.Property(row => row.Stamp).HasMaxLength(100);
        builder.Property(row => row.Methods).HasConversion<string>().HasMaxLength(200);
        builder.Property(row => row.Source).HasMaxLength(45);
        builder.Property(row => row.Browser).HasMaxLength(60);
        builder.HasIndex(row => new { row.PersonId, row.LastSeenAt });
        builder.HasIndex(row => row.LastSeenAt);
    }
}
