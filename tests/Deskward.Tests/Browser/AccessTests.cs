using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Deskward.Fixture;
using Deskward.Platform.Duties;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Deskward.Browser;

public sealed class AccessTests(Services services)
{
    public static TheoryData<Engine> Engines => [Engine.Sqlite, Engine.Postgres];

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_group_is_made_by_a_form_and_audited(Engine engine)
    {
        var service = await services.SharedAsync(engine);
        using var visitor = await SignedInAsync(service, Role.CustomerOwner, Role.ItAdministrator);
        Assert.Equal(HttpStatusCode.Redirect, (await visitor.PostAsync("/groups", "create", false, ("name", "Front <b>desk</b>"))).StatusCode);
        Assert.Contains("&lt;b&gt;", await visitor.MarkupAsync("/groups"), StringComparison.Ordinal);
        Assert.Contains("Made a group", await visitor.TextAsync("/audit"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/devices?page=-1&sort=drop&customer=x&state=%00&q=%27%20OR%201=1")]
    [InlineData("/audit?from=yesterday&id=7&what=everything&page=99999999999")]
    [InlineData("/catalogue?q=%F0%9F%98%80&page=0")]
    [InlineData("/people?role=God&q=%25%25")]
    [InlineData("/certificates?show=secrets&device=1")]
    public async Task A_hostile_address_is_answered_with_a_page(string path)
    {
        var service = await services.SharedAsync(Engine.Sqlite);
        using var visitor = await SignedInAsync(service, Role.ServiceReader);
        Assert.Equal(HttpStatusCode.OK, (await visitor.GetAsync(path)).StatusCode);
    }

    [Theory]
    [InlineData("/nowhere")]
    [InlineData("/devices/{0}")]
    [InlineData("/policy-sets/{0}/release")]
    [InlineData("/policy-exceptions/{0}")]
    public async Task What_is_not_there_is_answered_with_a_page_that_says_so(string path)
    {
        var service = await services.SharedAsync(Engine.Sqlite);
        using var visitor = await SignedInAsync(service, Role.CustomerOwner, Role.ItAdministrator);
        using var answer = await visitor.GetAsync(string.Format(System.Globalization.CultureInfo.InvariantCulture, path, Guid.CreateVersion7()));
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Contains("There is no such page", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/policy-sets/new", 4_200_000, 4)]
    [InlineData("/registrations/add", 9_000_000, 8)]
    [InlineData("/policy-sets/import", 50_000_000, 24)]
    public async Task A_file_that_is_too_large_is_refused_with_a_page_before_it_is_sent(string path, int length, int most)
    {
        var service = await services.SharedAsync(Engine.Sqlite);
        using var client = new TcpClient("localhost", service.PublicUrl.Port);
        await using var stream = new SslStream(client.GetStream(), leaveInnerStreamOpen: false, (_, certificate, _, _) => certificate?.Issuer == service.TlsRoot.Subject);
        await stream.AuthenticateAsClientAsync("localhost");
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"POST {path} HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream);
        var answer = await reader.ReadToEndAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.StartsWith("HTTP/1.1 413", answer, StringComparison.Ordinal);
        Assert.Contains($"<p>What is sent at once may have up to {most} MB.", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_fails_on_our_side_ends_on_a_page_with_a_number_and_no_less_guarded()
    {
        await using var service = await services.FreshAsync(Engine.Sqlite);
        await service.ProviderAsync();
        using var visitor = await SignedInAsync(service, Role.CustomerOwner, Role.ItAdministrator);
        await service.QueryAsync(db => db.Database.ExecuteSqlRawAsync("ALTER TABLE certificates_issued RENAME TO gone"));
        using var answer = await visitor.GetAsync("/certificates");
        var page = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.Contains("Something went wrong on our side", page, StringComparison.Ordinal);
        Assert.DoesNotContain("no such table", page, StringComparison.Ordinal);
        Assert.True(answer.Headers.Contains("Content-Security-Policy") && answer.Headers.Contains("X-Content-Type-Options"));
    }

    [Theory]
    [InlineData("/error")]
    [InlineData("/status/500")]
    public async Task A_page_about_an_error_leads_home_when_nothing_went_wrong(string path)
    {
        using var visitor = new PortalVisitor(await services.SharedAsync(Engine.Sqlite));
        using var answer = await visitor.GetAsync(path);
        Assert.Equal((HttpStatusCode.Redirect, "/"), (answer.StatusCode, answer.Headers.Location?.AbsolutePath));
    }

    [Fact]
    public async Task What_a_reader_posts_is_refused_with_a_page()
    {
        var service = await services.SharedAsync(Engine.Sqlite);
        using var visitor = await SignedInAsync(service, Role.ServiceReader);
        using var answer = await visitor.PostAsync("/groups", "create", false, ("name", "x"));
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Contains("<h1", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    internal static async Task<PortalVisitor> SignedInAsync(TestService service, params Role[] roles) =>
        await PortalVisitor.NewAsync(service, await service.AddCustomerAsync(), "alice", roles);

    /// <summary>Every page and portal route that is not open to all, with made-up ids.</summary>
    internal static IEnumerable<string> Pages(TestService service) => service.Provider.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
        .Where(endpoint => endpoint.Metadata.GetMetadata<ServesAttribute>() is { Duty: not "platform.device-protocol" })
        .Where(endpoint => endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null)
        .Select(endpoint => "/" + endpoint.RoutePattern.RawText!.TrimStart('/').Replace("{Id:guid}", Guid.CreateVersion7().ToString(), StringComparison.OrdinalIgnoreCase)).Distinct();
}
