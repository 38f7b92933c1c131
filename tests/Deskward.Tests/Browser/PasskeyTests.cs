using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Deskward.Fixture;
using Deskward.Identity;
using Deskward.Identity.Factors;
using Deskward.Platform.Duties;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;
using Xunit;

namespace Deskward.Browser;

/// <summary>Passkeys in a real browser, with an authenticator that the browser itself plays.</summary>
public sealed class PasskeyTests(Services services)
{
    private const string SetUp = "/account/second-factor";
    private static readonly Dictionary<string, object> Authenticator = new()
    {
        ["protocol"] = "ctap2", ["transport"] = "internal", ["hasResidentKey"] = true, ["hasUserVerification"] = true, ["isUserVerified"] = true, ["automaticPresenceSimulation"] = true,
    };

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task A_passkey_is_added_signs_in_by_itself_and_confirms(Engine engine)
    {
        var service = await services.SharedAsync(engine);
        var person = await BarePersonAsync(service);
        await using var browser = await TrustingBrowser.StartAsync(service);
        var (page, _) = await AddKeyAsync(browser, person);
        await Assertions.Expect(page.Locator("[data-code]")).ToHaveCountAsync(10);
        await SignOutAsync(page);
        await page.ClickAsync("form[data-passkey] button");
        await Browsers.LeaveAsync(page, "sign-in");
        await page.GotoAsync("/confirm?return=%2Fpeople");
        await page.ClickAsync("form[data-passkey] button");
        await Assertions.Expect(page).ToHaveURLAsync(new Uri(service.PublicUrl, "/people").AbsoluteUri);
        Assert.NotNull((await KeyAsync(service, person)).LastUsedAt);
    }

    [Fact]
    public async Task An_answer_of_a_passkey_is_taken_once_and_only_for_what_was_asked()
    {
        var service = await services.SharedAsync(Engine.Sqlite);
        var person = await BarePersonAsync(service);
        await using var browser = await TrustingBrowser.StartAsync(service);
        var (page, _) = await AddKeyAsync(browser, person);
        await SignOutAsync(page);
        var posted = "";
        page.Request += (_, request) => posted = request.Method == "POST" && request.Url.Contains("/sign-in", StringComparison.Ordinal) ? request.PostData ?? "" : posted;
        await page.ClickAsync("form[data-passkey] button");
        await Browsers.LeaveAsync(page, "sign-in");
        var fields = System.Web.HttpUtility.ParseQueryString(posted);
        using var thief = new PortalVisitor(service);
        using var replayed = await thief.PostAsync("/sign-in", "passkey", false, ("credential", fields["credential"]!), ("state", fields["state"]!));
        Assert.Contains("The passkey was not accepted", await replayed.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(System.Net.HttpStatusCode.Redirect, (await thief.GetAsync("/people")).StatusCode);
    }

    [Fact]
    public async Task A_passkey_of_a_disabled_person_opens_nothing()
    {
        var service = await services.SharedAsync(Engine.Sqlite);
        var person = await BarePersonAsync(service);
        await using var browser = await TrustingBrowser.StartAsync(service);
        var (page, _) = await AddKeyAsync(browser, person);
        await service.QueryAsync(db => db.Set<Person>().Where(row => row.Id == person.Id).ExecuteUpdateAsync(set => set.SetProperty(row => row.IsEnabled, false)));
        await page.GotoAsync("/sign-in");
        await page.ClickAsync("form[data-passkey] button");
        await Assertions.Expect(page.Locator(".message.bad").First).ToContainTextAsync("The passkey was not accepted");
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("nonsense")]
    [InlineData("""{"id":"AAAA","rawId":"AAAA","type":"public-key","response":{"userHandle":"AAAA","clientDataJSON":"AAAA","authenticatorData":"AAAA","signature":"AAAA"},"clientExtensionResults":{}}""")]
    public async Task What_is_no_answer_of_a_passkey_is_refused_with_a_page(string credential)
    {
        using var visitor = new PortalVisitor(await services.SharedAsync(Engine.Sqlite));
        var state = System.Text.RegularExpressions.Regex.Match(await visitor.MarkupAsync("/sign-in"), "name=\"state\" value=\"([^\"]+)\"").Groups[1].Value;
        foreach (var sent in new[] { state, "", "x" })
        {
            using var answer = await visitor.PostAsync("/sign-in", "passkey", false, ("credential", credential), ("state", sent));
            Assert.Contains("The passkey was not accepted", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }
    }

    private static async Task<Person> BarePersonAsync(TestService service)
    {
        var person = await service.AddPersonAsync(await service.ProviderAsync(), $"eva{Guid.CreateVersion7():n}", Role.ProviderOwner);
        await service.QueryAsync(db => db.Set<Authenticator>().Where(row => row.PersonId == person.Id).ExecuteDeleteAsync());
        return person;
    }

    private static async Task<(IPage Page, string Authenticator)> AddKeyAsync(TrustingBrowser browser, Person person)
    {
        var page = await browser.OpenAsync();
        var devtools = await page.Context.NewCDPSessionAsync(page);
        await devtools.SendAsync("WebAuthn.enable");
        var added = await devtools.SendAsync("WebAuthn.addVirtualAuthenticator", new() { ["options"] = Authenticator });
        await Browsers.SignInAsync(page, person.UserName!);
        await Assertions.Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex(SetUp));
        await page.FillAsync("#name", "Work phone");
        await page.ClickAsync("form[data-passkey=create] button");
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("Work phone");
        return (page, added!.Value.GetProperty("authenticatorId").GetString()!);
    }

    private static async Task SignOutAsync(IPage page)
    {
        await page.ClickAsync(".account summary");
        await page.ClickAsync(".account form button");
        await Assertions.Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("/sign-in$"));
    }

    private static Task<Passkey> KeyAsync(TestService service, Person person) => service.QueryAsync(db => db.Set<Passkey>().SingleAsync(row => row.PersonId == person.Id));
}

/// <summary>
/// A browser that trusts the service's certificate, as that of a person does who installed the root: browsers offer no passkeys on a page whose
/// certificate they only overlook.
/// </summary>
internal sealed class TrustingBrowser(IPlaywright playwright, IBrowserContext window, string profile) : IAsyncDisposable
{
    internal static async Task<TrustingBrowser> StartAsync(TestService service)
    {
        var profile = Directory.CreateTempSubdirectory("deskward-browser-").FullName;
        var playwright = await Playwright.CreateAsync();
        var key = Convert.ToBase64String(SHA256.HashData(await KeyOfAsync(service)));
        var window = await playwright.Chromium.LaunchPersistentContextAsync(profile, new()
        {
            ExecutablePath = Browsers.Executable, BaseURL = service.PublicUrl.AbsoluteUri,
            Args = [$"--ignore-certificate-errors-spki-list={key}", .. Environment.IsPrivilegedProcess ? ["--no-sandbox"] : Array.Empty<string>()],
        });
        window.SetDefaultTimeout(60_000);
        return new TrustingBrowser(playwright, window, profile);
    }

    /// <summary>The public key of the certificate that the service shows.</summary>
    private static async Task<byte[]> KeyOfAsync(TestService service)
    {
        byte[] key = [];
        using var client = new TcpClient("localhost", service.PublicUrl.Port);
        await using var stream = new SslStream(client.GetStream(), leaveInnerStreamOpen: false, (_, certificate, _, _) =>
        {
            key = ((X509Certificate2)certificate!).PublicKey.ExportSubjectPublicKeyInfo();
            return certificate.Issuer == service.TlsRoot.Subject;
        });
        await stream.AuthenticateAsClientAsync("localhost");
        return key;
    }

    internal Task<IPage> OpenAsync() => window.NewPageAsync();

    public async ValueTask DisposeAsync()
    {
        await window.DisposeAsync();
        playwright.Dispose();
        Directory.Delete(profile, recursive: true);
    }
}
