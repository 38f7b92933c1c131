using Deskward.Devices;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Deskward.Sessions;

/// <summary>One OMA-DM session that was more than quiet.</summary>
public sealed class Session : ITenantOwned
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid TenantId { get; init; }

    public Guid DeviceId { get; init; }

    /// <summary>SessionID as the PC chose it; comes again after a re-enrolment or restart.</summary>
    public string SessionId { get; init; } = "";

    public DateTimeOffset StartedAt { get; init; }

    public DateTimeOffset LastMessageAt { get; set; }

    /// <summary>Null while it goes on; also when the PC never came back.</summary>
    public DateTimeOffset? EndedAt { get; set; }

    /// <summary>How it ended, one word: done, aborted, endless, lost, signing, unenrolled; null while it goes on.</summary>
    public string? Ending { get; set; }

    /// <summary>MsgID of the last message answered.</summary>
    public int LastMessageId { get; set; }

    public int CommandsSent { get; set; }

    public int CommandsFailed { get; set; }

    /// <summary>user, others or none as the PC said; null when it did not.</summary>
    public string? LoginStatus { get; set; }

    /// <summary>What the PC told by itself (alerts 1224 and 1226), one line each: type, node, data; cleaned and cut; null: nothing.</summary>
    public string? Events { get; set; }

    /// <summary>The nonce of its MD5 digest, good for this session alone; null: it did not begin with a digest.</summary>
    public byte[]? DigestNonce { get; set; }

    /// <summary>Begun with nothing better than the digest, where signatures are demanded: it brings that demand and nothing else.</summary>
    public bool IsFirstStep { get; set; }

    /// <summary>What was sent in the last answer and waits for its Status; compressed, made by the session engine.</summary>
    public byte[]? InFlight { get; set; }

    public int Version { get; set; }
}

/// <summary>Where a one-shot command stands.</summary>
public enum CommandState
{
    Queued,

    /// <summary>Sent; the Status has not come.</summary>
    Sent,

    /// <summary>The PC acknowledged it.</summary>
    Done,

    /// <summary>The PC refused it; the status says why.</summary>
    Failed,

    /// <summary>The answer was lost: it may have been executed. Only a person repeats it.</summary>
    Unknown,

    Cancelled,
}

/// <summary>A one-shot command to a PC, recorded before it is sent.</summary>
public sealed class DeviceCommand : ITenantOwned
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public Guid TenantId { get; init; }

    public Guid DeviceId { get; init; }

    /// <summary>restart, unenrol, read-back ... ; texts per language hang on it.</summary>
    public string Kind { get; init; } = "";

    /// <summary>SyncML verb.</summary>
    public string Verb { get; init; } = "";

    public string Path { get; init; } = "";

    public string? Format { get; init; }

    public string? Data { get; init; }

    public CommandState State { get; set; }

    /// <summary>Status of the PC's answer; null until it came.</summary>
    public int? Status { get; set; }

    /// <summary>Result or HRESULT as the PC gave it; null when none.</summary>
    public string? Result { get; set; }

    public string CreatedBy { get; init; } = "";

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? SentAt { get; set; }

    public DateTimeOffset? AnsweredAt { get; set; }

    /// <summary>The session row it was sent in.</summary>
    public Guid? SentInSession { get; set; }

    public int Version { get; set; }

    internal void Send(Guid session, DateTimeOffset now) => (State, SentAt, SentInSession, Version) = (CommandState.Sent, now, session, Version + 1);

    /// <summary>The PC's answer; a second one is ignored.</summary>
    internal void Answer(int status, string? detail, DateTimeOffset now)
    {
        if (State is CommandState.Sent or CommandState.Unknown)
        {
            var done = Protocol.SyncMl.SyncStatus.IsSuccess(status) || status == Protocol.SyncMl.SyncStatus.Accepted;
            (State, Status, Result, AnsweredAt) = (done ? CommandState.Done : CommandState.Failed, status, ReportedText.Clean(detail, 300), now);
            Version++;
        }
    }

    /// <summary>The PC accepted it with 202, and now says how it ended: 0 or a text is success, any other number an HRESULT or exit code.</summary>
    internal void End(string? data, DateTimeOffset now)
    {
        if (Status == Protocol.SyncMl.SyncStatus.Accepted)
        {
            var failed = long.TryParse(data, System.Globalization.NumberStyles.Integer, System.Globalization.CultureInfo.InvariantCulture, out var code) && code != 0;
            (State, Result, AnsweredAt, Version) = (failed ? CommandState.Failed : CommandState.Done, ReportedText.Clean(data, 300), now, Version + 1);
        }
    }

    /// <summary>
    /// The session it was sent in is over and no answer came. It may have been executed, so only a person repeats it; an unenrolment is the
    /// exception, because a PC that comes back has shown that it did not happen.
    /// </summary>
    internal void Lose()
    {
        if (State == CommandState.Sent)
        {
            State = Kind == CommandKind.Retire ? CommandState.Queued : CommandState.Unknown;
            Version++;
        }
    }
}

internal sealed class SessionsMapping : IEntityTypeConfiguration<Session>, IEntityTypeConfiguration<DeviceCommand>
{
    internal const int LongestEvents = 2000;

    public void Configure(EntityTypeBuilder<Session> builder)
    {
        builder.ToTable("sessions_sessions").HasKey(row => row.Id);
        builder.Property(row => row.SessionId).HasMaxLength(64);
        builder.Property(row => row.Ending).HasMaxLength(20);
        builder.Property(row => row.LoginStatus).HasMaxLength(20);
        builder.Property(row => row.Events).HasMaxLength(LongestEvents);
        builder.Property(row => row.DigestNonce).HasMaxLength(64);
        builder.Property(row => row.Version).IsConcurrencyToken();
        builder.HasIndex(row => new { row.TenantId, row.DeviceId, row.StartedAt });
    }

    public void Configure(EntityTypeBuilder<DeviceCommand> builder)
    {
        builder.ToTable("sessions_commands").HasKey(row => row.Id);
        builder.Property(row => row.Kind).HasMaxLength(40);
        builder.Property(row => row.Verb).HasMaxLength(10);
        builder.Property(row => row.Path).HasMaxLength(1000);
        builder.Property(row => row.Format).HasMaxLength(10);
        builder.Property(row => row.State).HasConversion<string>().HasMaxLength(20);
        builder.Property(row => row.CreatedBy).HasMaxLength(320);
        builder.Property(row => row.Version).IsConcurrencyToken();
        builder.HasIndex(row => new { row.TenantId, row.DeviceId, row.State, row.CreatedAt });
        builder.HasIndex(row => new { row.TenantId, row.State });
    }
}
