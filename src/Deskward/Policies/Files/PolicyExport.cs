using System.Text;
using Deskward.DesiredState;
using Deskward.Platform;
using Deskward.Protocol.Intune;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Policies.Files;

/// <summary>Policy sets as files: a custom profile in the shape of Microsoft Graph, and a table of OMA-URIs. Both import again to the same; secrets leave in neither.</summary>
public sealed class PolicyExport(DeskwardContext db)
{
    internal const string ProfilePath = "/policy-sets/{id:guid}/profile.json";
    internal const string TablePath = "/policy-sets/{id:guid}/oma-uris.csv";

    /// <summary>The settings of the newest version, in the order of their paths.</summary>
    /// <param name="policySet">A policy set that there is.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    internal async Task<IReadOnlyList<ImportedLine>> LinesAsync(Guid policySet, CancellationToken cancellationToken)
    {
        var version = await db.Set<PolicySetVersion>().AsNoTracking().Where(row => row.PolicySetId == policySet).OrderByDescending(row => row.Number).FirstAsync(cancellationToken);
        return [.. PolicySets.SettingsOf(version).Select(setting => new ImportedLine(setting.Path, setting.Format, setting.IsSecret ? "" : setting.Value, NameOf(setting.Path))
        {
            IsSecret = setting.IsSecret,
            IsOverridable = setting.IsOverridable,
        })];
    }

    /// <summary>A name that any file system takes.</summary>
    internal static string FileNameOf(string name)
    {
        var safe = string.Concat(name.Select(letter => char.IsLetterOrDigit(letter) || letter is ' ' or '-' or '_' or '.' or '(' or ')' ? letter : '_')).Trim(' ', '.');
        return safe.Length == 0 ? "policy-set" : safe;
    }

    internal static Task<Results<FileContentHttpResult, NotFound>> ProfileAsync(Guid id, HttpContext context, DeskwardContext db, PolicyExport export) => DownloadAsync(id, context, db, export, isTable: false);

    internal static Task<Results<FileContentHttpResult, NotFound>> TableAsync(Guid id, HttpContext context, DeskwardContext db, PolicyExport export) => DownloadAsync(id, context, db, export, isTable: true);

    private static async Task<Results<FileContentHttpResult, NotFound>> DownloadAsync(Guid id, HttpContext context, DeskwardContext db, PolicyExport export, bool isTable)
    {
        if (await db.Set<PolicySet>().AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, context.RequestAborted) is not { } set)
        {
            return TypedResults.NotFound();
        }

        var lines = await export.LinesAsync(id, context.RequestAborted);
        if (isTable)
        {
            return TypedResults.File(Encoding.UTF8.GetBytes(OmaUriTable.Write(lines)), "text/csv; charset=utf-8", FileNameOf(set.Name) + ".csv");
        }

        using var json = new MemoryStream();
        CustomProfile.Write(json, set.Name, set.Description, lines);
        return TypedResults.File(json.ToArray(), "application/json", FileNameOf(set.Name) + ".json");
    }

    private static string NameOf(string path) => path[(path.LastIndexOf('/') + 1)..];
}
