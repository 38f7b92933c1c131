using System.Diagnostics.CodeAnalysis;
using System.Text;
using Deskward.Identity.Membership;
using Deskward.Platform;
using Deskward.Platform.Portal;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Identity.Files;

/// <summary>The people of the own organisation as a file that can be imported again.</summary>
internal static class PeopleExport
{
    internal const string Path = "/people/export";
    private const int Batch = 2_000;

    [SuppressMessage("Globalization", "CA1310", Justification = "Becomes a comparison in SQL, in the order in which the rows come.")]
    internal static async Task WriteAsync(HttpContext context, DeskwardContext db, CurrentPerson me)
    {
        context.Response.ContentType = "text/csv; charset=utf-8";
        context.Response.Headers.ContentDisposition = "attachment; filename=\"people.csv\"";
        var groups = await db.Set<PersonGroup>().AsNoTracking().Where(row => row.TenantId == me.OrganisationId && !row.IsFromDirectory).ToDictionaryAsync(row => row.Id, row => row.Name, context.RequestAborted);
        var csv = new StringBuilder("\uFEFF");
        Csv.Line(csv, PeoplePlan.Columns);
        var last = "";
        while (true)
        {
            var people = await db.Set<Person>().AsNoTracking().Where(row => row.TenantId == me.OrganisationId && row.NormalizedUserName!.CompareTo(last) > 0)
                .OrderBy(row => row.NormalizedUserName).Take(Batch).Select(row => new { row.Id, row.UserName, row.NormalizedUserName, row.DisplayName, row.IsEnabled }).ToListAsync(context.RequestAborted);
            var ids = people.ConvertAll(row => row.Id);
            var members = (await db.Set<PersonGroupMember>().AsNoTracking().Where(row => ids.Contains(row.MemberId)).ToListAsync(context.RequestAborted)).ToLookup(row => row.MemberId, row => row.GroupId);
            foreach (var person in people)
            {
                var names = members[person.Id].Where(groups.ContainsKey).Select(id => groups[id]).Order(StringComparer.Ordinal);
                Csv.Line(csv, person.UserName, person.DisplayName, person.IsEnabled ? "yes" : "no", string.Join('|', names));
            }

            await context.Response.WriteAsync(csv.ToString(), Encoding.UTF8, context.RequestAborted);
            csv.Clear();
            if (people.Count < Batch)
            {
                return;
            }

            last = people[^1].NormalizedUserName!;
        }
    }
}
