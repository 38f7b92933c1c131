using System.IO.Compression;
using System.Reflection;
using System.Text.Json;
using Deskward.Audit;
using Deskward.Identity.Factors;
using Deskward.Platform;
using Deskward.Platform.Duties;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Deskward.Organisations;

/// <summary>
/// Everything that belongs to a customer, as one file: a ZIP with a file of JSON lines for each table, the audit as it can be verified anywhere, and a list
/// of what is inside. What only serves to prove who somebody is (passwords, keys, codes) stays here.
/// </summary>
public sealed class CustomerExport(DeskwardContext db, TenantScope scope, AuditExport audit, AuditTrail trail, TimeProvider time)
{
    /// <summary>Parts of names of columns that hold secrets, or copies of messages with secrets in them; they are left out and named in the list.</summary>
    private static readonly string[] Secret = ["Password", "Secret", "Stamp", "Wrapped", "Token", "CodeHash", "Nonce", "Salt", "Response"];

    /// <summary>Writes the file; opens the customer, which whoever asks must be allowed to take out.</summary>
    /// <param name="customer">Whose.</param>
    /// <param name="target">Where to.</param>
    /// <param name="cancellationToken">Ends the work; the file is not whole then.</param>
    internal async Task WriteAsync(NamedOrganisation customer, Stream target, CancellationToken cancellationToken)
    {
        scope.Open(customer.Id);
        await NoteAsync(customer, cancellationToken);
        // The library writes some of its records without waiting, which a response does not take: they are gathered, and sent on.
        var gathered = new Gathered(target);
        await using (var zip = await ZipArchive.CreateAsync(gathered, ZipArchiveMode.Create, leaveOpen: true, entryNameEncoding: null, cancellationToken))
        {
            var tables = new List<ExportedTable>();
            foreach (var type in Exported(db.Model))
            {
                var rows = 0L;
                await EntryAsync(zip, $"{type.GetTableName()}.jsonl", async entry => rows = await WriteRowsAsync(type, entry, cancellationToken), cancellationToken);
                tables.Add(new ExportedTable(type.GetTableName()!, rows, [.. type.GetProperties().Where(IsSecret).Select(property => property.GetColumnName())]));
            }

            await EntryAsync(zip, "audit.jsonl", entry => audit.WriteAsync(customer, trail.Actor, entry, cancellationToken), cancellationToken);
            var contents = new ExportContents(customer.Id, customer.Name, time.Now(), tables);
            await EntryAsync(zip, "contents.json", entry => JsonSerializer.SerializeAsync(entry, contents, JsonSerializerOptions.Web, cancellationToken), cancellationToken);
        }

        await gathered.FlushAsync(cancellationToken);
    }

    private static async Task EntryAsync(ZipArchive zip, string name, Func<Stream, Task> write, CancellationToken cancellationToken)
    {
        await using var entry = await zip.CreateEntry(name, CompressionLevel.Fastest).OpenAsync(cancellationToken);
        await write(entry);
    }

    /// <summary>Every table of organisations' rows but the audit's, which has a form of its own.</summary>
    internal static IEnumerable<IEntityType> Exported(IModel model) =>
        OwnedTables.Owned(model).Where(type => type.ClrType.Namespace != typeof(AuditEntry).Namespace).OrderBy(type => type.GetTableName(), StringComparer.Ordinal);

    internal static bool IsSecret(IReadOnlyProperty property) => (property.Name == nameof(OneTimeCode.Hash) && property.DeclaringType.ClrType == typeof(OneTimeCode)) || Array.Exists(Secret, part => property.Name.Contains(part, StringComparison.Ordinal))
        || (property.DeclaringType.ClrType.BaseType == typeof(Microsoft.AspNetCore.Identity.IdentityUserToken<Guid>) && property.Name == "Value");

    private async Task NoteAsync(NamedOrganisation customer, CancellationToken cancellationToken)
    {
        var now = time.Now();
        trail.Record(customer.Id, "organisation.export", customer.Id, customer.Name);
        if (await db.Set<Departure>().OpenOfAsync(customer.Id, cancellationToken) is { } departure)
        {
            (departure.ExportedAt, departure.Version) = (now, departure.Version + 1);
        }

        await db.SaveChangesAsync(cancellationToken);
        db.ChangeTracker.Clear();
    }

    private Task<long> WriteRowsAsync(IEntityType type, Stream target, CancellationToken cancellationToken) =>
        (Task<long>)typeof(CustomerExport).GetMethod(nameof(WriteRowsOfAsync), BindingFlags.NonPublic | BindingFlags.Instance)!.MakeGenericMethod(type.ClrType).Invoke(this, [type, target, cancellationToken])!;

    private async Task<long> WriteRowsOfAsync<T>(IEntityType type, Stream target, CancellationToken cancellationToken)
        where T : class
    {
        var columns = type.GetProperties().Where(property => !IsSecret(property)).Select(property => (Name: property.GetColumnName(), Property: property)).ToList();
        var rows = 0L;
        await foreach (var row in db.Set<T>().AsNoTracking().AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            var line = columns.ToDictionary(column => column.Name, column => Plain(column.Property, row));
            await target.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(line, JsonSerializerOptions.Web), cancellationToken);
            await target.WriteAsync("\n"u8.ToArray(), cancellationToken);
            rows++;
        }

        return rows;
    }

    /// <summary>As it is told elsewhere: an enumeration by its word, bytes in base 64, an instant in UTC.</summary>
    private static object? Plain(IProperty property, object row) => property.GetGetter().GetClrValue(row) switch
    {
        Enum word => word.ToString(),
        RoleSet roles => roles.Roles.Select(role => role.FullName).ToArray(),
        var value => value,
    };
}

/// <summary>One table of an export.</summary>
/// <param name="Table">Its name; the file is called so.</param>
/// <param name="Rows">How many rows.</param>
/// <param name="Withheld">Columns that were left out because they hold secrets.</param>
internal sealed record ExportedTable(string Table, long Rows, IReadOnlyList<string> Withheld);

/// <summary>What an export holds.</summary>
internal sealed record ExportContents(Guid Organisation, string Name, DateTimeOffset At, IReadOnlyList<ExportedTable> Tables);
