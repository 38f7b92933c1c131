using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Deskward.Browser;
using Deskward.DesiredState;
using Deskward.Fixture;
using Deskward.Platform.Duties;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Deskward.Policies.Files;

/// <summary>Import and export as people do it: by pages, and by the command.</summary>
public sealed partial class ImportPagesTests(Services services)
{
    public static TheoryData<Engine> Engines => [Engine.Sqlite, Engine.Postgres];

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task An_administrator_imports_reads_the_report_supplies_the_template_and_exports(Engine engine)
    {
        var service = await services.SharedAsync(engine);
        using var visitor = await PortalVisitor.NewAsync(service, await service.AddCustomerAsync(), "adam", Role.ItAdministrator);
        var report = visitor.WayOf(await UploadAsync(visitor, ("browser.json", PolicyImportsTests.Policy("My <b>browser</b>", "1", "0"))))!;
        var text = await visitor.TextAsync(report);
        Assert.Contains("fabrikamv3", text, StringComparison.Ordinal);
        Assert.Contains("Needs an ADMX file", text, StringComparison.Ordinal);
        Assert.DoesNotContain("AllowCamera", await visitor.TextAsync(report.Split('?')[0] + "?state=NeedsAdmx"), StringComparison.Ordinal);
        await UploadAsync(visitor, ("Fabrikam.admx", PolicyImportsTests.Template));
        Assert.DoesNotContain("fabrikamv3</code>", await visitor.MarkupAsync(report), StringComparison.Ordinal);
        var set = SetLink().Match(await visitor.MarkupAsync(report)).Groups["id"].Value;
        Assert.Contains("AllowCamera,int,0", await visitor.MarkupAsync($"/policy-sets/{set}/oma-uris.csv"), StringComparison.Ordinal);
        Assert.Contains("omaSettingInteger", await visitor.MarkupAsync($"/policy-sets/{set}/profile.json"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refused_files_are_named_beside_those_that_were_taken()
    {
        var service = await services.SharedAsync(Engine.Sqlite);
        using var visitor = await PortalVisitor.NewAsync(service, await service.AddCustomerAsync(), "adam", Role.ItAdministrator);
        Assert.Contains("Nothing was imported yet", await visitor.TextAsync("/policy-sets/import"), StringComparison.Ordinal);
        using var answer = await UploadAsync(visitor, ("good.json", PolicyImportsTests.Policy("Good", "1", "0")), ("bad.json", "{\"a\":"));
        var text = WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Contains("1 file is refused", text, StringComparison.Ordinal);
        Assert.Contains("The JSON cannot be read, line 1", text, StringComparison.Ordinal);
        Assert.Contains("1 file is imported.", text, StringComparison.Ordinal);
        Assert.Contains("good.json", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_only_reads_sees_reports_and_imports_nothing()
    {
        var service = await services.SharedAsync(Engine.Sqlite);
        var customer = await service.AddCustomerAsync();
        using var administrator = await PortalVisitor.NewAsync(service, customer, "adam", Role.ItAdministrator);
        var report = administrator.WayOf(await UploadAsync(administrator, ("a.json", PolicyImportsTests.Policy("Mine", "1", "0"))))!;
        using var reader = await PortalVisitor.NewAsync(service, customer, "rita", Role.ServiceReader);
        Assert.Contains("Mine", await reader.TextAsync(report), StringComparison.Ordinal);
        Assert.DoesNotContain("type=\"file\"", await reader.MarkupAsync("/policy-sets/import"), StringComparison.Ordinal);
        await PortalVisitor.ExpectAsync(HttpStatusCode.Forbidden, reader.PostAsync("/policy-sets/import", "import", false));
        using var stranger = await PortalVisitor.NewAsync(service, await service.AddCustomerAsync(), "adam", Role.ItAdministrator);
        await PortalVisitor.ExpectAsync(HttpStatusCode.NotFound, stranger.GetAsync(report));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task An_operator_imports_a_folder_with_a_report_and_exports_what_imports_to_the_same(Engine engine)
    {
        var service = await services.SharedAsync(engine);
        var (customer, other) = (await service.AddCustomerAsync(), await service.AddCustomerAsync());
        var folder = Directory.CreateTempSubdirectory().FullName;
        var (report, exported) = (Path.Combine(folder, "report.json"), Path.Combine(folder, "exported"));
        await WriteAsync(folder, "in", ("b.json", PolicyImportsTests.Policy("Browser", "1", "0")), ("a.admx", PolicyImportsTests.Template), ("README.md", "mine"), ("bad.csv", "a,b\n1,2\n"));
        Assert.Equal(1, await RunAsync(service, "import", Path.Combine(folder, "in"), "--organisation", customer.Domain, "--report", report));
        using var told = JsonDocument.Parse(await File.ReadAllBytesAsync(report, TestContext.Current.CancellationToken));
        Assert.Equal(["a.admx", "b.json", "bad.csv"], told.RootElement.GetProperty("files").EnumerateArray().Select(file => file.GetProperty("file").GetString()!));
        Assert.Equal(["accepted", "accepted"], told.RootElement.GetProperty("files")[1].GetProperty("settings").EnumerateArray().Select(setting => setting.GetProperty("state").GetString()!));
        Assert.Equal(0, await RunAsync(service, "export-policies", exported, "--organisation", customer.Domain));
        Directory.EnumerateFiles(exported, "*.csv").ToList().ForEach(File.Delete);
        Assert.Equal(0, await RunAsync(service, "import", exported, "--organisation", other.Domain));
        Assert.Equal(await HashesAsync(service, customer.Id), await HashesAsync(service, other.Id));
        Assert.Equal(2, await RunAsync(service, "import", Path.Combine(folder, "in", "bad.csv"), "--organisation", customer.Domain));
    }

    private static Task<List<string>> HashesAsync(TestService service, Guid tenant) => service.QueryAsync(async db =>
        (await db.Set<PolicySetVersion>().Where(row => row.TenantId == tenant).Select(row => row.Hash).ToListAsync()).Select(Convert.ToHexString).Order(StringComparer.Ordinal).ToList(), tenant);

    private static async Task WriteAsync(string folder, string name, params (string Name, string Text)[] files)
    {
        var target = Directory.CreateDirectory(Path.Combine(folder, name)).FullName;
        foreach (var file in files)
        {
            await File.WriteAllTextAsync(Path.Combine(target, file.Name), file.Text);
        }
    }

    private static async Task<int> RunAsync(TestService service, params string[] arguments) => (await DeskwardCommand.RunOnAsync(service.Settings, arguments)).Code;

    private static Task<HttpResponseMessage> UploadAsync(PortalVisitor visitor, params (string Name, string Text)[] files) =>
        visitor.UploadAsync("/policy-sets/import", "import", [.. files.Select(file => (file.Name, Encoding.UTF8.GetBytes(file.Text)))]);

    [GeneratedRegex("href=\"/policy-sets/(?<id>[0-9a-f-]{36})\"")]
    private static partial Regex SetLink();
}
