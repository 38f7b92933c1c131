using System.Net;
using System.Text.RegularExpressions;
using Deskward.Fixture;
using Deskward.Platform.Duties;
using Deskward.Tenants;
using Xunit;

namespace Deskward.Browser;

/// <summary>Somebody who uses the portal without a script: follows the forms by hand.</summary>
internal sealed partial class PortalVisitor(TestService service) : IDisposable
{
    private readonly HttpClient _client = service.Client(cookies: true);

    public void Dispose() => _client.Dispose();

    /// <summary>A new person of an organisation with these roles, signed in.</summary>
    public static async Task<PortalVisitor> NewAsync(TestService service, Organisation organisation, string name, params Role[] roles)
    {
        var person = await service.AddPersonAsync(organisation, name, roles);
        var visitor = new PortalVisitor(service);
        Assert.Equal(HttpStatusCode.Redirect, await visitor.SignInAsync(person.UserName!));
        return visitor;
    }

    /// <summary>Holds an answer against its status.</summary>
    public static async Task ExpectAsync(HttpStatusCode status, Task<HttpResponseMessage> asked)
    {
        using var answer = await asked;
        Assert.Equal((status, answer.RequestMessage!.RequestUri!.PathAndQuery), (answer.StatusCode, answer.RequestMessage.RequestUri.PathAndQuery));
    }

    public Task<HttpResponseMessage> GetAsync(string path)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Accept.ParseAdd("text/html");
        return _client.SendAsync(request);
    }

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request) => _client.SendAsync(request);

    public async Task<string> TextAsync(string path) => WebUtility.HtmlDecode(await MarkupAsync(path));

    public async Task<string> MarkupAsync(string path) => await (await GetAsync(path)).Content.ReadAsStringAsync();

    /// <summary>Posts a form of a page with the page's anti-forgery token; the token is left out when <paramref name="forged"/>.</summary>
    public Task<HttpResponseMessage> PostAsync(string page, string handler, bool forged, params (string Name, string Value)[] fields) => PostToAsync(page, page, handler, forged, fields);

    /// <summary>The same for a form of a page that posts to another path.</summary>
    public async Task<HttpResponseMessage> PostToAsync(string page, string target, string handler, bool forged, params (string Name, string Value)[] fields)
    {
        var html = await (await GetAsync(page)).Content.ReadAsStringAsync();
        var token = Token().Match(html).Groups["token"].Value;
        var all = fields.Select(field => KeyValuePair.Create(field.Name, field.Value)).Append(new("_handler", handler));
        var request = new HttpRequestMessage(HttpMethod.Post, target) { Content = new FormUrlEncodedContent(forged ? all : all.Append(new("__RequestVerificationToken", token))) };
        request.Headers.Accept.ParseAdd("text/html");
        return await _client.SendAsync(request);
    }

    /// <summary>Posts files to a form of a page.</summary>
    public async Task<HttpResponseMessage> UploadAsync(string page, string handler, params (string Name, byte[] Bytes)[] files)
    {
        var token = Token().Match(await MarkupAsync(page)).Groups["token"].Value;
        var form = new MultipartFormDataContent { { new StringContent(token), "__RequestVerificationToken" }, { new StringContent(handler), "_handler" } };
        foreach (var (name, bytes) in files)
        {
            form.Add(new ByteArrayContent(bytes), "file", name);
        }

        var request = new HttpRequestMessage(HttpMethod.Post, page) { Content = form };
        request.Headers.Accept.ParseAdd("text/html");
        return await _client.SendAsync(request);
    }

    /// <summary>Signs in, with the code of the authenticator app where it is asked for.</summary>
    public async Task<HttpStatusCode> SignInAsync(string address, string password = TestService.Password)
    {
        var answer = await PostAsync("/sign-in", "sign-in", false, ("address", address), ("password", password));
        return answer.Headers.Location?.OriginalString.Contains("/sign-in/second", StringComparison.Ordinal) == true
            ? (await PostAsync("/sign-in/second", "second", false, ("code", await service.CodeAsync(address)))).StatusCode : answer.StatusCode;
    }

    /// <summary>Where an answer leads: path and query when it stays in this portal, the whole address otherwise; null when it leads nowhere.</summary>
    public string? WayOf(HttpResponseMessage answer) => answer.Headers.Location is not { } there ? null
        : there.IsAbsoluteUri && there.GetLeftPart(UriPartial.Authority) == service.PublicUrl.GetLeftPart(UriPartial.Authority) ? there.PathAndQuery : there.OriginalString;

    [GeneratedRegex("""name="__RequestVerificationToken" value="(?<token>[^"]+)""")]
    private static partial Regex Token();
}
