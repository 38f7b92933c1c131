using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Xunit;

namespace Deskward.RawClient;

/// <summary>A SCIM client that knows RFC 7643 and RFC 7644 and nothing of this service: text over HTTP, JSON as it comes.</summary>
internal sealed class RawScim : IDisposable
{
    internal const string User = "urn:ietf:params:scim:schemas:core:2.0:User";
    internal const string Group = "urn:ietf:params:scim:schemas:core:2.0:Group";
    internal const string Enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    internal const string Messages = "urn:ietf:params:scim:api:messages:2.0:";
    internal const string MediaType = "application/scim+json";
    private readonly HttpClient _http;

    /// <param name="http">Reaches the service.</param>
    /// <param name="token">The directory's, as the header has it.</param>
    internal RawScim(HttpClient http, string token) => (_http, Token) = (http, token);

    /// <summary>Sent as it is; empty: none.</summary>
    internal string Token { get; set; }

    internal string Base => _http.BaseAddress!.GetLeftPart(UriPartial.Authority) + "/scim/v2";

    public void Dispose() => _http.Dispose();

    internal async Task<RawScimAnswer> SendAsync(string method, string path, string? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path.StartsWith("https:", StringComparison.Ordinal) ? path : Base + path);
        request.Content = body is null ? null : new ByteArrayContent(Encoding.UTF8.GetBytes(body)) { Headers = { ContentType = MediaTypeHeaderValue.Parse(MediaType) } };
        foreach (var (name, value) in headers.Append(("Authorization", Token)).Where(header => header.Item2.Length > 0))
        {
            if (name == "Content-Type")
            {
                request.Content!.Headers.ContentType = MediaTypeHeaderValue.Parse(value);
            }
            else
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }
        }

        using var answer = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        return new RawScimAnswer(
            (int)answer.StatusCode, answer.Content.Headers.ContentType?.MediaType, answer.Headers.Location?.OriginalString, answer.Headers.ETag?.ToString(), answer.Headers.WwwAuthenticate.ToString(),
            await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    internal Task<RawScimAnswer> GetAsync(string path) => SendAsync("GET", path);

    internal Task<RawScimAnswer> PatchAsync(string path, params string[] operations) =>
        SendAsync("PATCH", path, $$"""{"schemas":["{{Messages}}PatchOp"],"Operations":[{{string.Join(',', operations)}}]}""");

    /// <summary>A user with this name; more members of the body begin with a comma.</summary>
    internal async Task<RawScimAnswer> NewUserAsync(string name, string more = "")
    {
        var made = await SendAsync("POST", "/Users", $$"""{"schemas":["{{User}}"],"userName":"{{name}}"{{more}}}""");
        Assert.True(made.Status == 201, made.Text);
        return made;
    }

    internal async Task NewUsersAsync(params string[] names)
    {
        foreach (var name in names)
        {
            await NewUserAsync(name);
        }
    }

    internal async Task<RawScimAnswer> NewGroupAsync(string name, params string[] members)
    {
        var values = members.Select(member => $$"""{"value":"{{member}}"}""");
        var made = await SendAsync("POST", "/Groups", $$"""{"schemas":["{{Group}}"],"displayName":"{{name}}","members":[{{string.Join(',', values)}}]}""");
        Assert.True(made.Status == 201, made.Text);
        return made;
    }

    /// <summary>The user names that a filter finds, in their order.</summary>
    internal async Task<string> FoundAsync(string filter)
    {
        var list = await GetAsync("/Users?sortBy=userName&filter=" + Uri.EscapeDataString(filter));
        return list.Status == 200 ? string.Join(',', list.Json["Resources"]!.AsArray().Select(one => (string)one!["userName"]!)) : $"{list.Status} {list.Type}";
    }
}

/// <summary>What came back.</summary>
internal sealed record RawScimAnswer(int Status, string? ContentType, string? Location, string? ETag, string Challenge, string Text)
{
    internal JsonNode Json => JsonNode.Parse(Text)!;

    internal string Id => (string)Json["id"]!;

    /// <summary>The keyword of an error.</summary>
    internal string? Type => (string?)Json["scimType"];

    /// <summary>It is an error of section 3.12: media type, schema, and the status as a text.</summary>
    internal RawScimAnswer IsError(int status, string? type = null)
    {
        Assert.Equal((status, RawScim.MediaType), (Status, ContentType));
        Assert.Equal((RawScim.Messages + "Error", $"{status}", type), ((string?)Json["schemas"]!.AsArray().Single(), (string?)Json["status"], Type));
        return this;
    }

    /// <summary>It is a list of section 3.4.2 with so many resources in all and here.</summary>
    internal RawScimAnswer IsList(int total, int here, int startIndex = 1)
    {
        Assert.Equal((200, RawScim.MediaType, RawScim.Messages + "ListResponse"), (Status, ContentType, (string?)Json["schemas"]!.AsArray().Single()));
        Assert.Equal((total, startIndex, here), ((int)Json["totalResults"]!, (int)Json["startIndex"]!, (int?)Json["itemsPerPage"] ?? here));
        Assert.Equal(here, Json["Resources"]?.AsArray().Count ?? 0);
        return this;
    }

    /// <summary>The value at a path of members, as JSON; empty when there is none.</summary>
    internal string At(params string[] path) => path.Aggregate((JsonNode?)Json, (node, name) => node is JsonArray array
        ? array.ElementAtOrDefault(int.Parse(name, System.Globalization.CultureInfo.InvariantCulture)) : node?[name])?.ToJsonString() ?? "";
}
