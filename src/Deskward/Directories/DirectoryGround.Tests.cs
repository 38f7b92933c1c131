using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Deskward.Fixture;
using Deskward.Tenants;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Deskward.Directories;

/// <summary>A customer with a directory: speaks SCIM with a token of its own, as Entra ID and Okta do.</summary>
internal sealed class DirectoryGround : IDisposable
{
    internal const string UserSchema = "urn:ietf:params:scim:schemas:core:2.0:User";
    internal const string GroupSchema = "urn:ietf:params:scim:schemas:core:2.0:Group";
    private readonly HttpClient _client;
    private int _number;

    private DirectoryGround(TestService service, Organisation customer, string token)
    {
        (Service, Customer, Token) = (service, customer, token);
        _client = service.Client();
    }

    internal TestService Service { get; }

    internal Organisation Customer { get; }

    internal string Token { get; set; }

    internal static async Task<DirectoryGround> OnAsync(TestService service, string name = "Contoso")
    {
        var customer = await service.AddCustomerAsync(name);
        return new DirectoryGround(service, customer, await TokenAsync(service, customer.Id));
    }

    internal static Task<string> TokenAsync(TestService service, Guid tenant, int days = 30) => service.InScopeAsync(
        async provider => (await provider.GetRequiredService<DirectoryTokens>().CreateAsync(tenant, "Entra ID", days, CancellationToken.None)).Value!.Token, tenant);

    public void Dispose() => _client.Dispose();

    internal string Address(string name) => $"{name}@{Customer.Domain}";

    internal async Task<ScimAnswer> SendAsync(HttpMethod method, string path, string? body = null, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, "/scim/v2" + path);
        if (Token.Length > 0)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        }

        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/scim+json");
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await _client.SendAsync(request, TestContext.Current.CancellationToken);
        return new ScimAnswer(
            response.StatusCode, response.Headers.Location?.ToString(), response.Headers.ETag?.ToString(), response.Content.Headers.ContentType?.MediaType,
            await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), response.Headers.WwwAuthenticate.ToString());
    }

    internal Task<ScimAnswer> GetAsync(string path, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Get, path, null, headers);

    internal Task<ScimAnswer> FilterAsync(string type, string filter, string more = "") => GetAsync($"/{type}?filter={Uri.EscapeDataString(filter)}{more}");

    /// <summary>A user of these attributes beside name and address.</summary>
    internal async Task<Guid> AddUserAsync(string? name = null, string more = "")
    {
        var userName = Address(name ?? $"person{++_number}");
        var made = await SendAsync(HttpMethod.Post, "/Users", $$"""{"schemas":["{{UserSchema}}"],"userName":"{{userName}}","displayName":"{{name ?? "Person"}}","emails":[{"value":"{{userName}}","type":"work","primary":true}]{{more}}}""");
        Assert.Equal(HttpStatusCode.Created, made.Status);
        return made.Id;
    }

    internal async Task<Guid> AddGroupAsync(string name, params Guid[] members)
    {
        var made = await SendAsync(HttpMethod.Post, "/Groups", $$"""{"schemas":["{{GroupSchema}}"],"displayName":"{{name}}","members":[{{string.Join(',', members.Select(member => $$"""{"value":"{{member}}"}"""))}}]}""");
        Assert.Equal(HttpStatusCode.Created, made.Status);
        return made.Id;
    }

    internal Task<ScimAnswer> PatchAsync(string path, params string[] operations) => SendAsync(
        HttpMethod.Patch, path, $$"""{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{{string.Join(',', operations)}}]}""");
}

/// <summary>What a directory is answered.</summary>
internal sealed record ScimAnswer(HttpStatusCode Status, string? Location, string? ETag, string? MediaType, string Text, string Challenge)
{
    internal JsonNode Json => JsonNode.Parse(Text)!;

    internal Guid Id => Guid.Parse((string)Json["id"]!);

    internal string? ScimType => (string?)Json["scimType"];

    internal int Total => (int)Json["totalResults"]!;

    internal IEnumerable<string> Names(string attribute) => Json["Resources"]!.AsArray().Select(one => (string)one![attribute]!);

    /// <summary>The answer with what differs between two of the same kind taken out.</summary>
    internal string Without(params string[] texts) => texts.Aggregate(Text, (text, one) => text.Replace(one, "", StringComparison.Ordinal));

    internal static string Quote(string text) => JsonSerializer.Serialize(text);
}
