using System.Security.Cryptography;
using System.Text;
using Deskward.Audit;
using Deskward.DesiredState;
using Deskward.Platform;
using Deskward.Protocol;
using Deskward.Protocol.Admx;
using Deskward.Protocol.Intune;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Policies.Files;

/// <summary>
/// Imports what administrators have: each policy of a file becomes a policy set of the organisation. A file is imported whole or not at all. The same policy again
/// (same id where it comes from; where there is none, same name) makes a new version of its set when it says something else than at its last import, and nothing otherwise: what
/// people changed in the set since stays.
/// </summary>
public sealed class PolicyImports(DeskwardContext db, PolicySets sets, AuditTrail audit, ServiceKey key, TimeProvider time)
{
    private const int LongestSetName = 120;
    private const int LongestDescription = 2000;

    /// <summary>Imports a file in one transaction: 1. reads it whole; 2. makes its policy sets; 3. of a template, completes what waited for it.</summary>
    /// <returns>What came of it; Invalid when the file is not understood, Conflict when a policy set is in its way.</returns>
    public async Task<Outcome<ImportedFile>> ImportAsync(Guid tenant, ImportFile file, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.LockAsync($"policies.import:{tenant}", cancellationToken);
        Outcome<ImportedFile> imported;
        try
        {
            imported = ImportReader.IsTemplate(file.Bytes.Span) ? await ImportTemplateAsync(tenant, file, cancellationToken) : await ImportPoliciesAsync(tenant, file, cancellationToken);
        }
        catch (ProtocolException unreadable)
        {
            imported = Refusal.Invalid(unreadable.Message);
        }

        if (imported.IsRefused)
        {
            // Nothing of it stays, neither in the database nor for a later save.
            db.ChangeTracker.Clear();
            return imported;
        }

        await transaction.CommitAsync(cancellationToken);
        return imported;
    }

    private async Task<Outcome<ImportedFile>> ImportPoliciesAsync(Guid tenant, ImportFile file, CancellationToken cancellationToken)
    {
        var read = ImportReader.Read(file.Name, file.Bytes, await TemplatesAsync(tenant, cancellationToken), file.EntraTenant?.ToString());
        return await TakeAllAsync(tenant, file, read, cancellationToken);
    }

    private async Task<Outcome<ImportedFile>> TakeAllAsync(Guid tenant, ImportFile file, IReadOnlyList<ImportedPolicy> policies, CancellationToken cancellationToken)
    {
        var (outcomes, seen) = (new List<ImportOutcome>(), new HashSet<Guid>());
        foreach (var policy in policies)
        {
            var taken = await TakeAsync(tenant, file, policy, seen, cancellationToken);
            if (taken.IsRefused)
            {
                return taken.Refusal;
            }

            outcomes.Add(taken.Value);
        }

        return new ImportedFile(file.Name, outcomes, []);
    }

    private async Task<Outcome<ImportedFile>> ImportTemplateAsync(Guid tenant, ImportFile file, CancellationToken cancellationToken)
    {
        var before = await TemplatesAsync(tenant, cancellationToken);
        var fileKey = Cut(file.Name).ToUpperInvariant();
        var template = await db.Set<PolicyTemplate>().SingleOrDefaultAsync(row => row.TenantId == tenant && row.FileKey == fileKey, cancellationToken);
        // Policies of a template are addressed by its file name: in another case it is the same template.
        var read = AdmxReader.Read(template?.FileName ?? Cut(file.Name), file.Bytes);
        var isNew = template is null;
        if (template is null)
        {
            template = new PolicyTemplate { TenantId = tenant, FileName = Cut(file.Name), FileKey = fileKey };
            db.Add(template);
        }

        var content = Packed.Close(file.Bytes.Span);
        if (isNew || !template.Content.AsSpan().SequenceEqual(content))
        {
            (template.Content, template.Policies, template.SuppliedBy, template.SuppliedAt) = (content, read.Policies.Count, audit.Actor.Name, time.Now());
            template.Version++;
            audit.Record(tenant, "policyset.template", template.Id, template.FileName, after: new { template.FileName, template.Policies });
            await db.SaveChangesAsync(cancellationToken);
        }

        var made = await TakeAllAsync(tenant, file, [ImportReader.Report(read)], cancellationToken);
        if (made.IsRefused)
        {
            return made;
        }

        var completed = await CompleteAsync(tenant, before, await TemplatesAsync(tenant, cancellationToken), cancellationToken);
        return completed.IsRefused ? completed.Refusal : made.Value with { Completed = completed.Value };
    }

    /// <summary>Makes of a policy what it is here, and keeps its report.</summary>
    private async Task<Outcome<ImportOutcome>> TakeAsync(Guid tenant, ImportFile file, ImportedPolicy policy, HashSet<Guid> seen, CancellationToken cancellationToken)
    {
        var import = await KnownAsync(tenant, policy, seen, cancellationToken);
        var isNew = import is null;
        import ??= new PolicyImport { TenantId = tenant, Kind = policy.Kind, SourceId = policy.SourceId is { Length: <= 100 } id ? id : null };
        seen.Add(import.Id);
        if (await IsArchivedAsync(import, cancellationToken))
        {
            import.PolicySetId = null;
        }

        var hash = HashOf(policy.Lines);
        var (result, refusal) = (ImportResult.Unchanged, (Refusal?)null);
        if (policy.Lines.Count == 0)
        {
            result = import.PolicySetId is null ? ImportResult.Nothing : ImportResult.Unchanged;
        }
        else if (import.PolicySetId is null)
        {
            (result, refusal) = await MakeAsync(import, policy, cancellationToken);
        }
        else if (!import.LinesHash.AsSpan().SequenceEqual(hash))
        {
            (result, refusal) = await RenewAsync(import.PolicySetId.Value, policy, cancellationToken);
        }

        if (refusal is not null)
        {
            return refusal with { Message = $"{policy.Name}: {refusal.Message}" };
        }

        import.LinesHash = hash;
        (import.Name, import.FileName, import.EntraTenant) = (Cut(policy.Name), Cut(file.Name), file.EntraTenant);
        (import.ImportedBy, import.ImportedAt) = (audit.Actor.Name, time.Now());
        Keep(import, policy);
        _ = isNew ? db.Add(import) : null;
        audit.Record(tenant, "policyset.import", import.PolicySetId ?? import.Id, import.Name, after: new { import.FileName, import.Accepted, import.Changed, import.NeedsAdmx, import.NotSupported });
        await db.SaveChangesAsync(cancellationToken);
        return new ImportOutcome(import.Id, import.PolicySetId, result, policy);
    }

    private async Task<(ImportResult, Refusal?)> MakeAsync(PolicyImport import, ImportedPolicy policy, CancellationToken cancellationToken)
    {
        var name = await FreeNameAsync(import.TenantId, policy.Name, cancellationToken);
        if (name.IsRefused)
        {
            return (ImportResult.Made, name.Refusal);
        }

        var description = policy.Description.Length > LongestDescription ? policy.Description[..LongestDescription] : policy.Description;
        var made = await sets.CreateAsync(import.TenantId, name.Value, description, LinesOf(policy.Lines), cancellationToken);
        import.PolicySetId = made.Value?.PolicySetId;
        return (ImportResult.Made, made.Refusal);
    }

    private async Task<(ImportResult, Refusal?)> RenewAsync(Guid policySet, ImportedPolicy policy, CancellationToken cancellationToken)
    {
        var newest = await db.Set<PolicySetVersion>().AsNoTracking().Where(row => row.PolicySetId == policySet).OrderByDescending(row => row.Number).FirstAsync(cancellationToken);
        var lines = LinesOf(policy.Lines);
        var wanted = sets.Check(newest.TenantId, lines).Settings.Select(Plain);
        if (PolicySets.SettingsOf(newest).Select(Plain).SequenceEqual(wanted))
        {
            return (ImportResult.Unchanged, null);
        }

        return (ImportResult.NewVersion, (await sets.AddVersionAsync(policySet, null, lines, cancellationToken)).Refusal);

        static (string, string, bool, bool) Plain(PolicySetting setting) => (setting.Path, setting.Value, setting.IsSecret, setting.IsOverridable);
    }

    /// <summary>
    /// Reads again what waits for a template. Only what the new template brings is added to the newest versions of the policy sets: what people changed there
    /// since the import stays.
    /// </summary>
    private async Task<Outcome<IReadOnlyList<ImportOutcome>>> CompleteAsync(Guid tenant, AdmxLibrary before, AdmxLibrary now, CancellationToken cancellationToken)
    {
        var outcomes = new List<ImportOutcome>();
        foreach (var import in await db.Set<PolicyImport>().Where(row => row.TenantId == tenant && row.WrappedSource != null).OrderBy(row => row.Id).ToListAsync(cancellationToken))
        {
            var source = Packed.Open(key.Unwrap(import.WrappedSource!, Purpose(tenant)));
            ImportedPolicy Read(AdmxLibrary templates) => ImportReader.Read(import.FileName, source, templates, import.EntraTenant?.ToString()).Single();
            var policy = Read(now);
            var had = Read(before).Lines.Select(line => line.Path).ToHashSet(StringComparer.OrdinalIgnoreCase);
            var added = policy.Lines.Where(line => !had.Contains(line.Path)).ToList();
            if (added.Count == 0 || await IsArchivedAsync(import, cancellationToken))
            {
                continue;
            }

            had.ExceptWith(policy.Lines.Select(line => line.Path));

            var (result, refusal) = import.PolicySetId is { } set
                ? (ImportResult.NewVersion, (await sets.ExtendAsync(set, LinesOf(added), had, cancellationToken)).Refusal)
                : await MakeAsync(import, policy, cancellationToken);
            if (refusal is not null)
            {
                return refusal with { Message = $"{import.Name}: {refusal.Message}" };
            }

            import.LinesHash = HashOf(policy.Lines);
            Keep(import, policy);
            audit.Record(tenant, "policyset.import", import.PolicySetId!.Value, import.Name, after: new { import.FileName, import.Accepted, import.Changed, import.NeedsAdmx, import.NotSupported });
            await db.SaveChangesAsync(cancellationToken);
            outcomes.Add(new ImportOutcome(import.Id, import.PolicySetId, result, policy));
        }

        return outcomes;
    }

    /// <summary>Whether its policy set is out of use for good: then it is not touched, and the policy becomes another one when it is imported again.</summary>
    private async Task<bool> IsArchivedAsync(PolicyImport import, CancellationToken cancellationToken) =>
        import.PolicySetId is { } set && await db.Set<PolicySet>().AnyAsync(row => row.Id == set && row.IsArchived, cancellationToken);

    private void Keep(PolicyImport import, ImportedPolicy policy)
    {
        import.Tell(policy);
        import.WrappedSource = import.NeedsAdmx == 0 ? null : key.Wrap(Packed.Close(Encoding.UTF8.GetBytes(policy.Source)), Purpose(import.TenantId));
        import.Version++;
    }

    /// <summary>The earlier import of the same policy; null when there is none. One file does not hold the same policy twice: of two, each is one of its own.</summary>
    private async Task<PolicyImport?> KnownAsync(Guid tenant, ImportedPolicy policy, HashSet<Guid> seen, CancellationToken cancellationToken)
    {
        var name = Cut(policy.Name);
        var alike = await db.Set<PolicyImport>().Where(row => row.TenantId == tenant && row.Kind == policy.Kind && (row.Name == name || (row.SourceId != null && row.SourceId == policy.SourceId)))
            .OrderBy(row => row.Id).ToListAsync(cancellationToken);
        alike.RemoveAll(row => seen.Contains(row.Id));
        return alike.Find(row => row.SourceId is not null && row.SourceId == policy.SourceId) ?? alike.Find(row => row.SourceId is null || policy.SourceId is null);
    }

    /// <summary>The name for a new policy set: that of the policy, numbered when another import has it. A set that no import made is in its way.</summary>
    private async Task<Outcome<string>> FreeNameAsync(Guid tenant, string wanted, CancellationToken cancellationToken)
    {
        var stem = string.Concat(wanted.Select(letter => char.IsControl(letter) ? ' ' : letter)).Trim();
        stem = stem.Length > LongestSetName - 6 ? stem[..(LongestSetName - 6)].TrimEnd() : stem;
        var taken = await db.Set<PolicySet>().Where(row => row.TenantId == tenant && row.Name.StartsWith(stem)).Select(row => new { row.Name, row.Id }).ToDictionaryAsync(row => row.Name, row => row.Id, StringComparer.Ordinal, cancellationToken);
        var imported = (await db.Set<PolicyImport>().Where(row => row.TenantId == tenant && row.PolicySetId != null).Select(row => row.PolicySetId!.Value).ToListAsync(cancellationToken)).ToHashSet();
        var name = stem;
        for (var number = 2; taken.TryGetValue(name, out var other); number++)
        {
            if (!imported.Contains(other))
            {
                return Refusal.Conflict($"There is a policy set named '{name}' that no import made. Rename it, or the policy.");
            }

            name = $"{stem} ({number})";
        }

        return name;
    }

    private async Task<AdmxLibrary> TemplatesAsync(Guid tenant, CancellationToken cancellationToken)
    {
        var files = await db.Set<PolicyTemplate>().AsNoTracking().Where(row => row.TenantId == tenant).OrderBy(row => row.SuppliedAt)
            .Select(row => new { row.FileName, row.Content }).ToListAsync(cancellationToken);
        return new AdmxLibrary(files.Select(file => AdmxReader.Read(file.FileName, Packed.Open(file.Content))));
    }

    private static SettingLine[] LinesOf(IReadOnlyList<ImportedLine> lines) => [.. lines.Select((line, at) => new SettingLine
    {
        Line = at + 1, Name = line.Name, Path = line.Path, Format = line.Format, Value = line.Value, IsSecret = line.IsSecret, IsOverridable = line.IsOverridable,
    })];

    /// <summary>Of secrets too: it is compared, and tells nothing, because the key is in it.</summary>
    private byte[] HashOf(IReadOnlyList<ImportedLine> lines)
    {
        var text = new StringBuilder();
        foreach (var line in lines.OrderBy(line => line.Path, StringComparer.Ordinal))
        {
            text.Append(line.Path).Append('\n').Append(line.Value.Length).Append('\n').Append(line.Value).Append('\n').Append(line.IsSecret).Append(line.IsOverridable).Append('\n');
        }

        return key.Hash(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())), "policies-import");
    }

    private static string Purpose(Guid tenant) => $"policies-import/{tenant:n}";

    private static string Cut(string text) => text.Length > PolicyImportMapping.LongestName ? text[..PolicyImportMapping.LongestName] : text;
}
