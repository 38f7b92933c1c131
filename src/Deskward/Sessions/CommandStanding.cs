using Deskward.Platform;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Deskward.Sessions;

/// <summary>How a command to a PC stands, without who gave it. Members as in <see cref="DeviceCommand"/>.</summary>
public sealed class CommandStanding : IStandingView
{
    public Guid Id { get; init; }

    public Guid TenantId { get; init; }

    public Guid DeviceId { get; init; }

    public string Kind { get; init; } = "";

    public CommandState State { get; init; }
}

internal sealed class CommandStandingMapping : IEntityTypeConfiguration<CommandStanding>
{
    public void Configure(EntityTypeBuilder<CommandStanding> builder)
    {
        builder.IsViewOf("sessions_commands", "sessions_command_standings").HasKey(row => row.Id);
        builder.Property(row => row.State).HasConversion<string>().HasMaxLength(20);
    }
}
