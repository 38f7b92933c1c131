using System.Security.Cryptography;
using System.Text;
using Deskward.Audit;
using Deskward.Identity.Membership;
using Deskward.Platform;
using Deskward.Tenants;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Identity.Files;

/// <summary>What a file would do.</summary>
/// <param name="Lines">In the order of the file.</param>
/// <param name="Digest">Changes with whatever of it changes: who says yes says it to this plan.</param>
internal sealed record ImportPlan(IReadOnlyList<PlannedLine> Lines, string Digest)
{
    internal int Count(PlannedKind kind) => Lines.Count(line => line.Kind == kind);
}

/// <summary>People of one organisation from a file: first shown, then done as a whole or not at all.</summary>
internal sealed class PeopleImport(DeskwardContext db, PeopleLife life, AuditTrail audit, OrganisationList organisations, OrganisationDomains domains, TimeProvider time)
{
    internal const int MostLines = 10_000;
    private const int Batch = 1_000;

    /// <summary>What the file would do. Invalid when it cannot be read as a whole.</summary>
    internal async Task<Outcome<ImportPlan>> PlanAsync(Guid tenant, ReadOnlyMemory<byte> file, CancellationToken cancellationToken)
    {
        var read = CsvTable.Read(file);
        if (read.IsRefused)
        {
            return read.Refusal;
        }

        if (read.Value.Count is < 2 or > MostLines + 1)
        {
            return Refusal.Invalid($"The file must have a line of column names and 1 to {MostLines} lines below it.");
        }

        if (ColumnsOf(read.Value[0], out var columns) is { } refusal)
        {
            return refusal;
        }

        var organisation = (await organisations.AllAsync(cancellationToken)).Single(row => row.Id == tenant);
        var rows = read.Value.Skip(1).ToList();
        var known = await KnownAsync(tenant, [.. rows.Select(row => columns[PeoplePlan.AddressColumn] is var at && at < row.Cells.Count ? PeoplePlan.KeyOf(row.Cells[at]) : "")], cancellationToken);
        var groups = await Groups(tenant).Select(group => group.NameKey).ToHashSetAsync(cancellationToken);
        return Told(new PeoplePlan(organisation, known, groups).Of(columns, rows));
    }

    /// <summary>
    /// Does what was shown: 1. plans again, while nobody else changes people; 2. refuses when it is not the same any more, or a line is refused; 3. adds; 4. changes;
    /// 5. moves between groups. Conflict or Invalid leave everything as it was.
    /// </summary>
    internal async Task<Refusal?> ApplyAsync(Guid tenant, ReadOnlyMemory<byte> file, string digest, CancellationToken cancellationToken)
    {
        await using var transaction = await life.BeginAsync(tenant, cancellationToken);
        var plan = await PlanAsync(tenant, file, cancellationToken); // 1
        if (plan.IsRefused)
        {
            return plan.Refusal;
        }

        if (plan.Value.Digest != digest || plan.Value.Count(PlannedKind.Refuse) > 0) // 2
        {
            return Refusal.Conflict("What the file would do has changed since it was shown. Look at it again.");
        }

        var people = Add(tenant, plan.Value.Lines.Where(line => line.Kind == PlannedKind.Add)); // 3
        if (await SaveAddedAsync(tenant, plan.Value.Lines, cancellationToken) is { } clash)
        {
            return clash;
        }

        foreach (var batch in plan.Value.Lines.Where(line => line.Kind == PlannedKind.Change).Chunk(Batch)) // 4
        {
            if (await ChangeAsync(batch, people, cancellationToken) is { } refusal)
            {
                return refusal;
            }
        }

        if (await MoveAsync(tenant, plan.Value.Lines, people, cancellationToken) is { } stays) // 5
        {
            return stays;
        }

        audit.Record(tenant, "person.import", null, "", after: new { Added = plan.Value.Count(PlannedKind.Add), Changed = plan.Value.Count(PlannedKind.Change) });
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return null;
    }

    /// <summary>An address that somebody elsewhere has is found by its failing; which one it is costs a look-up each, and is looked for only then.</summary>
    private async Task<Refusal?> SaveAddedAsync(Guid tenant, IReadOnlyList<PlannedLine> lines, CancellationToken cancellationToken)
    {
        try
        {
            await db.SaveChangesAsync(cancellationToken);
            return null;
        }
        catch (DbUpdateException exception) when (DuplicateRow.Is(exception))
        {
            await db.Database.RollbackTransactionAsync(cancellationToken);
            db.ChangeTracker.Clear();
            foreach (var line in lines.Where(line => line.Kind == PlannedKind.Add))
            {
                if (await domains.RefuseAddressAsync(tenant, line.Address, cancellationToken) is { } refusal)
                {
                    return refusal with { Message = $"Line {line.Line}: {refusal.Message}" };
                }
            }

            return Refusal.Conflict("What the file would do has changed since it was shown. Look at it again.");
        }
    }

    private static Refusal? ColumnsOf(CsvRow head, out Dictionary<string, int> columns)
    {
        columns = [];
        foreach (var (at, name) in head.Cells.Index().Where(cell => cell.Item.Length > 0))
        {
            var column = name.ToLowerInvariant();
            if (!PeoplePlan.Columns.Contains(column) || !columns.TryAdd(column, at))
            {
                return Refusal.Invalid($"Line {head.Line}: the columns are {string.Join(", ", PeoplePlan.Columns)}, each at most once; '{(name.Length > 40 ? name[..40] : name)}' is none of them.");
            }
        }

        return columns.ContainsKey(PeoplePlan.AddressColumn) ? null : Refusal.Invalid($"Line {head.Line}: there is no column {PeoplePlan.AddressColumn}.");
    }

    private static ImportPlan Told(IReadOnlyList<PlannedLine> lines)
    {
        var text = string.Join('\n', lines.Select(line => $"{line.Line}|{line.Kind}|{line.Address}|{line.Column}|{line.Why}|{line.Wanted?.Name}|{line.Wanted?.IsEnabled}|{string.Join('|', line.Wanted?.Groups ?? [])}"));
        return new ImportPlan(lines, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))));
    }

    private IQueryable<PersonGroup> Groups(Guid tenant) => db.Set<PersonGroup>().Where(group => group.TenantId == tenant && !group.IsFromDirectory);

    private async Task<Dictionary<string, KnownPerson>> KnownAsync(Guid tenant, string[] addresses, CancellationToken cancellationToken)
    {
        var known = new Dictionary<string, KnownPerson>();
        foreach (var batch in addresses.Distinct().Chunk(Batch))
        {
            var people = await db.Set<Person>().AsNoTracking().Where(row => row.TenantId == tenant && batch.Contains(row.NormalizedUserName!))
                .Select(row => new { row.NormalizedUserName, row.Id, row.DisplayName, row.IsEnabled, row.IsFromDirectory }).ToListAsync(cancellationToken);
            var ids = people.ConvertAll(row => row.Id);
            var groups = (await db.Set<PersonGroupMember>().Where(member => ids.Contains(member.MemberId))
                .Join(Groups(tenant), member => member.GroupId, group => group.Id, (member, group) => new { member.MemberId, group.NameKey }).ToListAsync(cancellationToken)).ToLookup(row => row.MemberId, row => row.NameKey);
            people.ForEach(row => known[row.NormalizedUserName!] = new KnownPerson(row.Id, row.DisplayName, row.IsEnabled, row.IsFromDirectory, [.. groups[row.Id]]));
        }

        return known;
    }

    private Dictionary<string, Guid> Add(Guid tenant, IEnumerable<PlannedLine> lines)
    {
        var added = new Dictionary<string, Guid>();
        foreach (var line in lines)
        {
            var key = PeoplePlan.KeyOf(line.Address);
            var person = new Person
            {
                TenantId = tenant, DisplayName = line.Wanted!.Name!, UserName = line.Address, Email = line.Address, NormalizedUserName = key, NormalizedEmail = key,
                SecurityStamp = Guid.CreateVersion7().ToString(), IsEnabled = line.Wanted.IsEnabled ?? true,
            };
            person.RefreshSearch();
            db.Add(person);
            audit.Record(tenant, "person.add", person.Id, line.Address, after: new { person.DisplayName, person.IsEnabled });
            added.Add(key, person.Id);
        }

        return added;
    }

    private async Task<Refusal?> ChangeAsync(PlannedLine[] lines, Dictionary<string, Guid> people, CancellationToken cancellationToken)
    {
        var byAddress = lines.ToDictionary(line => PeoplePlan.KeyOf(line.Address));
        var addresses = byAddress.Keys.ToArray();
        foreach (var person in await db.Set<Person>().Where(row => addresses.Contains(row.NormalizedUserName!)).ToListAsync(cancellationToken))
        {
            var (line, wanted) = (byAddress[person.NormalizedUserName!], byAddress[person.NormalizedUserName!].Wanted!);
            people.Add(person.NormalizedUserName!, person.Id);
            if (wanted.Name is { } name && name != person.DisplayName)
            {
                audit.Record(person.TenantId, "person.change", person.Id, person.UserName!, new { person.DisplayName }, new { DisplayName = name });
                (person.DisplayName, person.ConcurrencyStamp) = (name, Guid.CreateVersion7().ToString());
                person.RefreshSearch();
            }

            if (wanted.IsEnabled is { } enabled && await life.SetEnabledAsync(person, enabled, cancellationToken) is { } refusal)
            {
                return refusal with { Message = $"Line {line.Line}: {refusal.Message}" };
            }
        }

        await db.SaveChangesAsync(cancellationToken);
        return null;
    }

    /// <summary>Of the groups made by hand, each person of a changed or added line is in those that the line names.</summary>
    private async Task<Refusal?> MoveAsync(Guid tenant, IReadOnlyList<PlannedLine> lines, Dictionary<string, Guid> people, CancellationToken cancellationToken)
    {
        var wanted = lines.Where(line => line.Wanted?.Groups is not null && people.ContainsKey(PeoplePlan.KeyOf(line.Address)))
            .ToDictionary(line => people[PeoplePlan.KeyOf(line.Address)], line => line.Wanted!.Groups!.Select(group => group.ToUpperInvariant()).ToHashSet());
        if (wanted.Count == 0)
        {
            return null;
        }

        foreach (var group in await Groups(tenant).ToListAsync(cancellationToken))
        {
            var present = await db.Set<PersonGroupMember>().Where(member => member.GroupId == group.Id && !member.IsGroup).Select(member => member.MemberId).ToHashSetAsync(cancellationToken);
            var come = wanted.Where(pair => pair.Value.Contains(group.NameKey) && !present.Contains(pair.Key)).Select(pair => pair.Key).ToList();
            var leave = wanted.Where(pair => !pair.Value.Contains(group.NameKey) && present.Contains(pair.Key)).Select(pair => pair.Key).ToArray();
            if (come.Count == 0 && leave.Length == 0)
            {
                continue;
            }

            db.AddRange(come.Select(person => new PersonGroupMember { GroupId = group.Id, MemberId = person, TenantId = tenant }));
            await db.Set<PersonGroupMember>().Where(member => member.GroupId == group.Id && leave.Contains(member.MemberId)).ExecuteDeleteAsync(cancellationToken);
            (group.ChangedAt, group.Version) = (time.Now(), group.Version + 1);
            audit.Record(tenant, "personGroup.change", group.Id, group.Name, null, new { JoinedCount = come.Count, LeftCount = leave.Length });
            if (await life.MoveAsync(group, come, leave, cancellationToken) is { } refusal)
            {
                return refusal;
            }
        }

        return null;
    }
}
