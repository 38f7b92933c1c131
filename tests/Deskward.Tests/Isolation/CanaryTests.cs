using System.Collections.Concurrent;
using System.Net;
using Deskward.Audit;
using Deskward.Fixture;
using Deskward.Guards;
using Deskward.Notices;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Deskward.Isolation;

/// <summary>The mark of one customer stands in each of its texts, and turns up nowhere else: not in pages, files, answers to a directory, mails, the log.</summary>
[Collection(IsolationTests.Name)]
public sealed class CanaryTests(IsolationGrounds grounds)
{
    public static TheoryData<Engine> Engines => IsolationGround.Engines;

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Every_text_column_of_a_customer_holds_its_mark(Engine engine)
    {
        var ground = await grounds.OnAsync(engine);
        Nothing.In(await ground.Service.QueryAsync(async db =>
        {
            var missing = new List<string>();
            foreach (var type in PlantedTexts.Types(db.Model).Where(type => TextColumns.Of(type).Any()))
            {
                var rows = await Ledger.RowsAsync(db, type.GetTableName()!, ground.B.Id);
                missing.AddRange(TextColumns.Of(type).Where(column => !rows.Any(row => ground.B.Mark.IsIn(row[column.GetColumnName()]))).Select(TextColumns.NameOf));
            }

            return missing;
        }, ground.B.Id));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Every_table_of_a_customer_holds_a_row(Engine engine)
    {
        var ground = await grounds.OnAsync(engine);
        Nothing.In(await ground.Service.QueryAsync(async db =>
        {
            var empty = new List<string>();
            foreach (var table in RowLevelSecurity.TenantTables(db.Model).Except(["audit_unchained", "audit_checkpoints", "groups_facts_due"]))
            {
                empty.AddRange((await Ledger.RowsAsync(db, table, ground.B.Id)).Count == 0 ? [table] : []);
            }

            return empty;
        }, ground.B.Id));
    }

    [Fact]
    public async Task The_closed_list_of_words_names_no_column_that_is_gone()
    {
        var ground = await grounds.OnAsync(Engine.Sqlite);
        Nothing.In(TextColumns.Words.Keys.Except(await ground.Service.QueryAsync(db => Task.FromResult(PlantedTexts.Types(db.Model).SelectMany(type => type.GetProperties()).Select(TextColumns.NameOf).ToList()))));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task No_page_and_no_file_of_a_customer_holds_the_mark_of_another(Engine engine)
    {
        var ground = await grounds.OnAsync(engine);
        var (seen, logged) = (new ConcurrentDictionary<Operation, bool>(), ground.Log.Lines.Count);
        Nothing.In(await PagesAsync(ground, visitor => !visitor.IsProvider, (page, body) =>
        {
            seen.TryAdd(page, ground.A.Mark.IsIn(body));
            return ground.B.Mark.IsIn(body);
        }));
        Assert.InRange(seen.Count(pair => pair.Value), 30, int.MaxValue);
        Nothing.In(ground.Log.Lines.Skip(logged).Where(ground.B.Mark.IsIn));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task The_log_holds_nothing_personal(Engine engine)
    {
        var ground = await grounds.OnAsync(engine);
        Assert.NotEmpty(ground.Log.Lines);
        Nothing.In(ground.Log.Lines.Where(line => ground.A.Mark.IsPersonalIn(line) || ground.B.Mark.IsPersonalIn(line)));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task What_the_provider_sees_without_a_grant_holds_nothing_personal(Engine engine)
    {
        var ground = await grounds.OnAsync(engine);
        var seen = new ConcurrentBag<string>();
        Nothing.In(await PagesAsync(ground, visitor => visitor.IsProvider, (page, body) =>
        {
            seen.Add(ground.B.Mark.Standing + (body.Contains(ground.B.Mark.Standing, StringComparison.OrdinalIgnoreCase) ? "+" : "-"));
            return ground.B.Mark.IsPersonalIn(body);
        }, ground.B));
        Assert.Contains(ground.B.Mark.Standing + "+", seen);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Where_the_provider_holds_a_grant_the_mark_is_found(Engine engine)
    {
        var ground = await grounds.OnAsync(engine);
        var found = new ConcurrentDictionary<Operation, bool>();
        await PagesAsync(ground, visitor => visitor.GrantedAt is not null, (page, body) => ground.A.Mark.IsPersonalIn(body) && found.TryAdd(page, true));
        Assert.InRange(found.Count, 10, int.MaxValue);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task No_mail_to_a_customers_people_holds_the_mark_of_another(Engine engine)
    {
        var ground = await grounds.OnAsync(engine);
        for (var tries = 0; tries < 100 && !ground.Mail.Taken.Any(mail => ground.B.Mark.IsIn(mail.To.ToString())); tries++)
        {
            await ground.Service.Provider.GetRequiredService<Outbox>().SendDueAsync(CancellationToken.None);
        }

        var toA = ground.Mail.Taken.Where(mail => mail.To.ToString().Contains(ground.A.Organisation.Domain, StringComparison.OrdinalIgnoreCase)).ToList();
        Assert.NotEmpty(toA);
        Nothing.In(toA.Select(mail => mail.ToString()).Where(ground.B.Mark.IsIn));
        Assert.Contains(ground.Mail.Taken, mail => ground.B.Mark.IsPersonalIn(mail.ToString()));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task No_export_of_the_audit_trail_holds_the_mark_of_another(Engine engine)
    {
        var ground = await grounds.OnAsync(engine);
        using var stream = new MemoryStream();
        await ground.Service.InScopeAsync(async provider =>
        {
            await provider.GetRequiredService<AuditExport>().WriteAsync(new NamedOrganisation(ground.A.Id, ground.A.Organisation.Name), Actor.Service, stream, CancellationToken.None);
            return true;
        }, ground.A.Id);
        var text = System.Text.Encoding.UTF8.GetString(stream.ToArray());
        Assert.Equal((true, false), (ground.A.Mark.IsIn(text), ground.B.Mark.IsIn(text)));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task No_answer_to_a_directory_holds_the_mark_of_another(Engine engine)
    {
        var ground = await grounds.OnAsync(engine);
        foreach (var path in new[] { "/Users", "/Groups", "/", "/Users?sortBy=userName", $"/Groups/{ground.A.Rows[RowKind.DirectoryGroup]}" })
        {
            var answer = await ground.A.Directory.GetAsync(path);
            Assert.Equal((path, HttpStatusCode.OK, true, false), (path, answer.Status, ground.A.Mark.IsIn(answer.Text), ground.B.Mark.IsIn(answer.Text)));
        }
    }

    /// <summary>Every page and file that these visitors may see, with ids of their own customer, or of another where a part of it is open to them; where the answer is wrong.</summary>
    private static Task<IReadOnlyList<string>> PagesAsync(IsolationGround ground, Func<Visitor, bool> who, Func<Operation, string, bool> isWrong, PlantedCustomer? at = null) => IsolationGround.EachAsync(
        ground.Visitors.Where(who).SelectMany(visitor => ground.Pages.Where(page => ground.May(visitor, page)).Select(page => (visitor, page))), async ask =>
    {
        var path = ask.page.With(ask.page.Kind is { } kind ? (at ?? ground.A).Rows[kind] : Guid.Empty);
        var answer = await ground.AskAsync(ask.visitor, ask.page, path);
        return isWrong(ask.page, answer.Body + answer.Headers) ? [$"{ask.visitor} {path}: {Around(answer.Body + answer.Headers, (at ?? ground.B).Mark)}"] : [];
    });

    private static string Around(string text, Mark mark)
    {
        var at = Math.Max(text.IndexOf(mark.Personal, StringComparison.OrdinalIgnoreCase), text.IndexOf(mark.Standing, StringComparison.OrdinalIgnoreCase));
        return at < 0 ? "" : text[Math.Max(0, at - 60)..Math.Min(text.Length, at + 60)].ReplaceLineEndings(" ");
    }
}
