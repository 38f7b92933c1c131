using System.Text.Json.Nodes;
using Deskward.Fixture;
using Xunit;

namespace Deskward.RawClient;

/// <summary>Each attribute that the service says it has, taken at its word: sent, told as sent, changed and removed alone. Made of <c>/Schemas</c>.</summary>
public sealed class ScimEveryAttributeTests(Services services)
{
    public static TheoryData<Engine> Engines => [Engine.Sqlite, Engine.Postgres];

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task What_is_sent_is_told_and_putting_it_back_changes_nothing(Engine engine)
    {
        using var scim = await ScimGround.OnAsync(services, engine);
        var attributes = await AttributesAsync(scim);
        Assert.InRange(attributes.Count, 25, 60);
        var sent = new JsonObject { ["schemas"] = new JsonArray(RawScim.User, RawScim.Enterprise) };
        attributes.ForEach(attribute => attribute.Into(sent, 1));
        var made = await scim.SendAsync("POST", "/Users", sent.ToJsonString());
        Assert.Equal((201, RawScim.MediaType), (made.Status, made.ContentType));
        Assert.Empty(attributes.Where(attribute => !attribute.IsAsSent(made.Json, 1)).Select(attribute => $"{attribute.Path}: {attribute.In(made.Json)?.ToJsonString()}"));
        var read = await scim.GetAsync("/Users/" + made.Id);
        Assert.Equal(made.Text, read.Text);
        var back = await scim.SendAsync("PUT", "/Users/" + made.Id, read.Text);
        Assert.Equal((200, made.Text), (back.Status, back.Text));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Each_is_added_replaced_and_removed_alone(Engine engine)
    {
        using var scim = await ScimGround.OnAsync(services, engine);
        var path = "/Users/" + (await scim.NewUserAsync("someone")).Id;
        List<string> wrong = [];
        foreach (var attribute in (await AttributesAsync(scim)).SelectMany(attribute => attribute.Parts().Prepend(attribute)))
        {
            wrong.AddRange(await WrongWithAsync(scim, path, attribute));
        }

        Assert.Empty(wrong);
    }

    private static async Task<List<string>> WrongWithAsync(RawScim scim, string path, Attribute attribute)
    {
        List<string> wrong = [];
        foreach (var (operation, number) in new[] { ("add", 1), ("replace", 2), ("REPLACE", 3) })
        {
            var value = attribute.Value(number).ToJsonString();
            var done = await scim.PatchAsync(path, $$"""{"op":"{{operation}}","path":"{{attribute.Path}}","value":{{value}}}""");
            if (done.Status != 200 || !attribute.IsAsSent(done.Json, number))
            {
                wrong.Add($"{operation} {attribute.Path}: {done.Status} {(done.Status == 200 ? attribute.In(done.Json)?.ToJsonString() : done.Text)}");
            }
        }

        var removed = await scim.PatchAsync(path, $$"""{"op":"remove","path":"{{attribute.Path}}"}""");
        var isGone = attribute.IsRequired ? removed.Status == 400 : removed.Status == 200 && (attribute.In(removed.Json) is null || attribute.Name == "active");
        return isGone ? wrong : [.. wrong, $"remove {attribute.Path}: {removed.Status} {removed.Text}"];
    }

    /// <summary>What a client may write of a user and of its extension.</summary>
    private static async Task<List<Attribute>> AttributesAsync(RawScim scim)
    {
        List<Attribute> attributes = [new(null, JsonNode.Parse("""{"name":"externalId","type":"string","multiValued":false}""")!)];
        foreach (var (schema, prefix) in new[] { (RawScim.User, (string?)null), (RawScim.Enterprise, RawScim.Enterprise) })
        {
            attributes.AddRange((await scim.GetAsync("/Schemas/" + schema)).Json["attributes"]!.AsArray().Where(one => (string?)one!["mutability"] is null or "readWrite" or "writeOnly").Select(one => new Attribute(prefix, one!)));
        }

        return attributes;
    }

    /// <summary>An attribute as its schema describes it.</summary>
    private sealed record Attribute(string? Extension, JsonNode Description, string? Whole = null)
    {
        internal string Name => (string)Description["name"]!;

        internal string Path => (Extension is null ? "" : Extension + ":") + (Whole is null ? "" : Whole + ".") + Name;

        internal bool IsRequired => (bool?)Description["required"] == true;

        private bool IsSecret => (string?)Description["returned"] == "never";

        internal void Into(JsonObject resource, int number)
        {
            var at = Extension is null ? resource : resource[Extension] as JsonObject ?? (JsonObject)(resource[Extension] = new JsonObject());
            at[Name] = Value(number);
        }

        internal JsonNode? In(JsonNode resource) => (Extension is null ? resource : resource[Extension]) is var at && Whole is null ? at?[Name] : at?[Whole!]?[Name];

        /// <summary>The parts of an attribute that is one value of several parts: each has a path of its own.</summary>
        internal IEnumerable<Attribute> Parts() => (bool?)Description["multiValued"] == true || Description["subAttributes"] is not JsonArray parts ? []
            : parts.Where(part => (string?)part!["mutability"] is null or "readWrite").Select(part => new Attribute(Extension, part!, Name));

        /// <summary>What was sent is told: of a list at least the value that was sent; what nobody is told is not there.</summary>
        internal bool IsAsSent(JsonNode resource, int number) => (IsSecret, In(resource), Value(number)) switch
        {
            (true, var told, _) => told is null,
            (false, JsonArray told, JsonArray sent) => told.Count == sent.Count && JsonNode.DeepEquals(told, sent),
            (false, var told, var sent) => JsonNode.DeepEquals(told, sent),
        };

        internal JsonNode Value(int number)
        {
            var value = Of(Description, number);
            return (bool?)Description["multiValued"] == true ? new JsonArray(value) : value;
        }

        private static JsonNode Of(JsonNode description, int number) => ((string)description["type"]!, (string)description["name"]!) switch
        {
            ("boolean", _) => number % 2 == 1,
            ("integer", _) => number,
            ("decimal", _) => number + 0.5,
            ("dateTime", _) => $"2026-01-0{number}T08:00:00Z",
            ("binary", _) => Convert.ToBase64String([1, 2, (byte)number]),
            ("reference", _) => $"https://example.com/{number}",
            ("complex", _) => new JsonObject(description["subAttributes"]!.AsArray().Where(sub => (string?)sub!["mutability"] is null or "readWrite")
                .Select(sub => KeyValuePair.Create((string)sub!["name"]!, (JsonNode?)Of(sub, number)))),
            (_, var name) => description["canonicalValues"] is JsonArray { Count: > 0 } canonical ? (string)canonical[number % canonical.Count]! : $"{name} {number}",
        };
    }
}
