using Deskward.Audit;
using Deskward.Devices;
using Deskward.Groups.Rings;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Registration;

/// <summary>What came of a file.</summary>
internal sealed record RegistrationUpload(int Taken, int Failed);

/// <summary>Registers PCs from files, looks at what was taken, and lets registrations go.</summary>
internal sealed class Registrations(DeskwardContext db, AuditTrail audit, Placements placements, TimeProvider time)
{
    private const int Batch = 500;

    /// <summary>
    /// Takes a file: 1. the file as a whole is right, or nothing is taken; 2. each line is checked, and against those above it and those that are registered already;
    /// 3. what is right is Pending, what is wrong Failed, with its place.
    /// </summary>
    /// <returns>How many of each; or Invalid, with line and column.</returns>
    internal async Task<Outcome<RegistrationUpload>> RegisterAsync(Guid tenant, ReadOnlyMemory<byte> file, RegistrationWish wish, CancellationToken cancellationToken)
    {
        var read = RegistrationFile.Read(file); // 1
        if (read.IsRefused)
        {
            return read.Refusal;
        }

        if (wish is { Profile: DeviceProfile.PowerUser, IsShared: true })
        {
            return Refusal.Invalid("A PC that several people share cannot have the profile of power users.");
        }

        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await LockAsync(db, tenant, cancellationToken);
        var known = await KnownAsync(tenant, [.. read.Value.Select(line => RegistrationRules.KeyOf(line.Serial))], cancellationToken);
        var above = new Dictionary<string, int>();
        List<RegisteredPc> rows = [];
        foreach (var line in read.Value) // 2
        {
            var (wished, error) = RegistrationRules.Check(line, wish);
            var key = RegistrationRules.KeyOf(line.Serial);
            error ??= known.Contains(key) ? new(ColumnOf(line), "The PC is registered already.")
                : above.TryGetValue(key, out var first) ? new(ColumnOf(line), $"Line {first} has the same serial number.") : null;
            above.TryAdd(key, line.Line);
            rows.Add(RowOf(tenant, line, wished, error)); // 3
        }

        db.AddRange(rows);
        var upload = new RegistrationUpload(rows.Count(row => row.State == RegistrationState.Pending), rows.Count(row => row.State == RegistrationState.Failed));
        audit.Record(tenant, "registration.add", null, "", after: new { upload.Taken, upload.Failed, Profile = wish.Profile.ToString(), wish.IsShared, Ring = wish.Ring?.ToString() ?? "Automatic" });
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return upload;
    }

    /// <summary>Looks at what is Pending or waits for its PC in an open organisation: a PC that is managed already gets what its registration says. Saves.</summary>
    /// <returns>How many registrations changed.</returns>
    internal async Task<int> SettleAsync(Guid tenant, bool all, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await placements.AloneAsync(tenant, cancellationToken);
        await LockAsync(db, tenant, cancellationToken);
        var open = await db.Set<RegisteredPc>().Where(row => row.TenantId == tenant && (row.State == RegistrationState.Pending || (all && row.State == RegistrationState.ReadyForUser))).OrderBy(row => row.Id).Take(5_000).ToListAsync(cancellationToken);
        var changed = 0;
        foreach (var batch in open.Chunk(Batch))
        {
            var serials = batch.SelectMany(row => new[] { row.Serial, row.SerialKey }).Distinct().ToArray();
            var managed = (await db.Set<Device>().Where(row => row.TenantId == tenant && row.State != DeviceState.Retired && row.Serial != null && serials.Contains(row.Serial)).ToListAsync(cancellationToken))
                .ToLookup(row => RegistrationRules.KeyOf(row.Serial!));
            foreach (var row in batch)
            {
                changed += await SettleAsync(row, [.. managed[row.SerialKey].Where(pc => Matches(row, pc))], cancellationToken) ? 1 : 0;
            }
        }

        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return changed;
    }

    /// <summary>Forgets a registration; its PC, where it came, stays as it is. One that is Pending is not let go.</summary>
    internal async Task<Refusal?> DeleteAsync(Guid id, int? concurrency, CancellationToken cancellationToken)
    {
        if (await db.Set<RegisteredPc>().SingleOrDefaultAsync(row => row.Id == id, cancellationToken) is not { } row)
        {
            return Refusal.NotFound("registration");
        }

        if (row.State == RegistrationState.Pending)
        {
            return Refusal.Conflict("The registration is still being looked at. Wait until that is done.");
        }

        if (concurrency is { } seen && seen != row.Version)
        {
            return Refusal.Conflict("It changed meanwhile. Look at it again.");
        }

        db.Remove(row);
        audit.Record(row.TenantId, "registration.delete", row.Id, row.Serial, before: View(row));
        return await SaveAsync(cancellationToken);
    }

    /// <summary>Changes what is bound to a serial number whose PC has not come.</summary>
    internal async Task<Refusal?> ChangeAsync(Guid id, int? concurrency, DeviceProfile profile, Ring? ring, string? name, CancellationToken cancellationToken)
    {
        if (await db.Set<RegisteredPc>().SingleOrDefaultAsync(row => row.Id == id, cancellationToken) is not { } row)
        {
            return Refusal.NotFound("registration");
        }

        if (row.State != RegistrationState.ReadyForUser)
        {
            return Refusal.Conflict("Only what waits for its PC can be changed. Of a PC that has come, assign ring and profile on the page Rings.");
        }

        if (concurrency is { } seen && seen != row.Version)
        {
            return Refusal.Conflict("It changed meanwhile. Look at it again.");
        }

        if (profile == DeviceProfile.PowerUser && row.IsShared)
        {
            return Refusal.Invalid("A PC that several people share cannot have the profile of power users.");
        }

        if (name is not null && !PcName.IsRight(name))
        {
            return Refusal.Invalid("A name of a PC has 1 to 15 letters, digits and hyphens, and is not of digits alone.");
        }

        var before = View(row);
        (row.Profile, row.Ring, row.Name, row.Version) = (profile, ring, name, row.Version + 1);
        audit.Record(row.TenantId, "registration.change", row.Id, row.Serial, before, View(row));
        return await SaveAsync(cancellationToken);
    }

    /// <summary>A serial number alone is not unique among makers: where the file names maker or model and the PC tells its own, they must agree.</summary>
    internal static bool Matches(RegisteredPc row, Device pc) => Agrees(row.Manufacturer, pc.Manufacturer) && Agrees(row.Model, pc.Model);

    private static bool Agrees(string? said, string? told) => said is null || string.IsNullOrEmpty(told) || told.Contains(said, StringComparison.OrdinalIgnoreCase) || said.Contains(told, StringComparison.OrdinalIgnoreCase);

    private async Task<bool> SettleAsync(RegisteredPc row, Device[] pcs, CancellationToken cancellationToken)
    {
        if (pcs.Length > 1)
        {
            (row.State, row.Error, row.Version) = (RegistrationState.Failed, "Several managed PCs tell this serial number.", row.Version + 1);
            return true;
        }

        if (pcs is not [var pc])
        {
            var isNew = row.State == RegistrationState.Pending;
            row.State = RegistrationState.ReadyForUser;
            row.Version += isNew ? 1 : 0;
            return isNew;
        }

        (row.State, row.DeviceId, row.Version) = (RegistrationState.Active, pc.Id, row.Version + 1);
        if (await db.Set<DevicePlacement>().SingleOrDefaultAsync(one => one.DeviceId == pc.Id, cancellationToken) is { IsQuarantined: true } held)
        {
            await placements.ReleaseAsync(held, pc, new PlacementWish(row.Ring, row.Profile), cancellationToken);
        }

        return true;
    }

    /// <summary>Whoever changes registrations holds this until the transaction ends; taken after that of the members.</summary>
    internal static Task LockAsync(DeskwardContext context, Guid tenant, CancellationToken cancellationToken) => context.LockAsync($"registration:{tenant}", cancellationToken);

    private static int ColumnOf(RegistrationLine line) => line.Columns.GetValueOrDefault(RegistrationFile.Serial, line.Columns.GetValueOrDefault(RegistrationFile.ScriptSerial, 1));

    private RegisteredPc RowOf(Guid tenant, RegistrationLine line, RegistrationWish wish, RegistrationError? error) => new()
    {
        TenantId = tenant, Serial = Cut(line.Serial, RegisteredPc.LongestSerial)!, SerialKey = Cut(RegistrationRules.KeyOf(line.Serial), RegisteredPc.LongestSerial)!, Manufacturer = Cut(line.Manufacturer, 200), Model = Cut(line.Model, 200),
        HasHash = line.Hash is { } hash && RegistrationRules.IsHash(hash), AssignedUser = Cut(line.AssignedUser, 320), Profile = wish.Profile, IsShared = wish.IsShared, Ring = wish.Ring,
        State = error is null ? RegistrationState.Pending : RegistrationState.Failed, Error = error?.Message, Line = line.Line, Column = error?.Column ?? 1, RegisteredAt = time.Now(),
    };

    private async Task<HashSet<string>> KnownAsync(Guid tenant, string[] keys, CancellationToken cancellationToken)
    {
        HashSet<string> known = [];
        foreach (var batch in keys.Distinct().Chunk(Batch))
        {
            known.UnionWith(await db.Set<RegisteredPc>().Where(row => row.TenantId == tenant && row.State != RegistrationState.Failed && batch.Contains(row.SerialKey)).Select(row => row.SerialKey).ToListAsync(cancellationToken));
        }

        return known;
    }

    private static object View(RegisteredPc row) => new { row.Serial, Profile = row.Profile.ToString(), Ring = row.Ring?.ToString() ?? "Automatic", row.Name };

    private static string? Cut(string? text, int longest) => text is null || text.Length <= longest ? text : text[..longest];

    private async Task<Refusal?> SaveAsync(CancellationToken cancellationToken)
    {
        try
        {
            await db.SaveChangesAsync(cancellationToken);
            return null;
        }
        catch (DbUpdateConcurrencyException)
        {
            return Refusal.Conflict("It changed meanwhile. Look at it again.");
        }
    }
}
