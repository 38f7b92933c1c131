using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Deskward.Platform.Guessing;

/// <summary>What is guessed at. The same address is counted for each by itself.</summary>
internal enum GuessAt
{
    Password,
    Code,
    Digest,
    SecondFactor,
    Emergency,
    Reset,
}

/// <summary>
/// The wrong guesses of one source at one address. Belongs to no organisation: it is counted before anybody knows whose address it is, or whether
/// there is such an address.
/// </summary>
internal sealed class Guess
{
    /// <summary>After how long without a wrong guess the earlier ones no longer count.</summary>
    internal static readonly TimeSpan Forgotten = TimeSpan.FromHours(1);

    /// <summary>Nobody waits longer.</summary>
    internal static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(15);

    /// <summary>Keyed hash of what is guessed at, the address and the source: who holds the table learns neither.</summary>
    public byte[] Pair { get; init; } = [];

    public int Failures { get; init; }

    public DateTimeOffset LastAt { get; init; }

    /// <summary>Until when the source must wait: after the free guesses 2, 4, 8 ... seconds, up to the longest wait. Null: it need not.</summary>
    internal DateTimeOffset? Until(int free, DateTimeOffset now) =>
        Failures < free || now - LastAt >= Forgotten ? null
        : LastAt + TimeSpan.FromSeconds(Math.Min(LongestWait.TotalSeconds, Math.Pow(2, Math.Min(20, Failures - free + 1)))) is var until && until > now ? until : null;
}

internal sealed class GuessMapping : IEntityTypeConfiguration<Guess>
{
    public void Configure(EntityTypeBuilder<Guess> builder)
    {
        builder.ToTable("platform_guesses").HasKey(row => row.Pair);
        builder.Property(row => row.Pair).HasMaxLength(32);
        builder.HasIndex(row => row.LastAt);
    }
}
