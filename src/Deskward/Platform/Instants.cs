using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Deskward.Platform;

/// <summary>Instants are UTC, cut to microseconds: the finest both engines keep, so that a value read back equals the value written.</summary>
public static class Instants
{
    private static readonly long UnixEpochTicks = DateTimeOffset.UnixEpoch.UtcTicks;

    /// <summary>Now, in UTC, cut to microseconds.</summary>
    public static DateTimeOffset Now(this TimeProvider time) => Cut(time.GetUtcNow());

    /// <summary>The instant that so many microseconds since 1970 are.</summary>
    internal static DateTimeOffset OfMicroseconds(long value) => new(UnixEpochTicks + value * TimeSpan.TicksPerMicrosecond, TimeSpan.Zero);

    /// <summary>Microseconds since 1970.</summary>
    internal static long Microseconds(this DateTimeOffset value) => (value.UtcTicks - UnixEpochTicks) / TimeSpan.TicksPerMicrosecond;

    internal static DateTimeOffset Cut(DateTimeOffset value) =>
        new(value.UtcTicks - value.UtcTicks % TimeSpan.TicksPerMicrosecond, TimeSpan.Zero);

    /// <summary>The instant as this engine keeps it: for statements written by hand, which know of no conversion.</summary>
    internal static object Stored(this DeskwardContext db, DateTimeOffset value) => db.IsSqlite ? Microseconds(value) : Cut(value);

    internal static void Use(ModelConfigurationBuilder configuration, bool sqlite)
    {
        var properties = configuration.Properties<DateTimeOffset>();
        _ = sqlite ? properties.HaveConversion<ToMicroseconds>() : properties.HaveConversion<ToUtc>();
    }

    /// <summary>SQLite cannot order DateTimeOffset: microseconds since 1970 as an integer.</summary>
    private sealed class ToMicroseconds() : ValueConverter<DateTimeOffset, long>(
        value => value.Microseconds(), value => OfMicroseconds(value));

    private sealed class ToUtc() : ValueConverter<DateTimeOffset, DateTimeOffset>(value => Cut(value), value => value);
}
