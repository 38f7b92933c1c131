using System.Globalization;
using System.Text.Json;

namespace Deskward.Protocol.Scim;

/// <summary>What a client asks of a list: the parameters of a GET or the body of <c>/.search</c> (RFC 7644 sections 3.4.2 and 3.4.3).</summary>
public sealed record ScimQuery
{
    /// <summary>As it came; null when all are wanted.</summary>
    public string? Filter { get; init; }

    /// <summary>As it came; null when the order does not matter.</summary>
    public string? SortBy { get; init; }

    public bool IsDescending { get; init; }

    /// <summary>From 1.</summary>
    public int StartIndex { get; init; } = 1;

    /// <summary>From 0; null when the client leaves it to the service.</summary>
    public int? Count { get; init; }

    public IReadOnlyList<string> Attributes { get; init; } = [];

    public IReadOnlyList<string> ExcludedAttributes { get; init; } = [];

    /// <summary>How many resources one answer holds.</summary>
    /// <param name="limit">The <c>maxResults</c> of this service.</param>
    public int Take(int limit) => Math.Min(Count ?? limit, limit);

    /// <summary>The filter for a resource type; null when all are wanted.</summary>
    /// <param name="type">Whose attributes it names.</param>
    /// <param name="passUnknown">In a search over several types; see <see cref="ScimFilter.Parse"/>.</param>
    public ScimFilter? FilterOf(ScimResourceType type, bool passUnknown = false) => Filter is { } text ? ScimFilter.Parse(type, text, passUnknown) : null;

    /// <summary>The order for a resource type; null when it does not matter.</summary>
    public ScimSort? SortOf(ScimResourceType type) => SortBy is { } path ? ScimSort.Of(type, path, IsDescending) : null;

    /// <summary>What the answers hold.</summary>
    public ScimProjection ProjectionOf(ScimResourceType type) => ScimProjection.Of(type, Attributes, ExcludedAttributes);

    /// <summary>Reads the parameters of a GET.</summary>
    /// <param name="parameter">The value of a parameter by its name; null when it is absent.</param>
    /// <exception cref="ScimException"><c>invalidValue</c> for what is no number or no order.</exception>
    public static ScimQuery Of(Func<string, string?> parameter) => new()
    {
        Filter = Given(parameter("filter")),
        SortBy = Given(parameter("sortBy")),
        IsDescending = Descends(parameter("sortOrder")),
        StartIndex = Start(Number("startIndex", parameter("startIndex"))),
        Count = Size(Number("count", parameter("count"))),
        Attributes = Names(parameter("attributes")),
        ExcludedAttributes = Names(parameter("excludedAttributes")),
    };

    /// <summary>Reads the body of a search.</summary>
    /// <exception cref="ScimException"><c>invalidSyntax</c> when it is no SearchRequest, <c>invalidValue</c> for what is no order.</exception>
    public static ScimQuery Of(JsonElement body)
    {
        ScimJson.RequireMessage(body, "SearchRequest");
        return new()
        {
            Filter = Given(ScimJson.Text(body, "filter")),
            SortBy = Given(ScimJson.Text(body, "sortBy")),
            IsDescending = Descends(ScimJson.Text(body, "sortOrder")),
            StartIndex = Start(ScimJson.Number(body, "startIndex")),
            Count = Size(ScimJson.Number(body, "count")),
            Attributes = Names(body, "attributes"),
            ExcludedAttributes = Names(body, "excludedAttributes"),
        };
    }

    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;

    private static int Start(int? number) => Math.Max(number ?? 1, 1);

    private static int? Size(int? number) => number is { } count ? Math.Max(count, 0) : null;

    private static bool Descends(string? order) => Given(order)?.ToUpperInvariant() switch
    {
        null or "ASCENDING" => false,
        "DESCENDING" => true,
        _ => throw new ScimException(ScimErrorType.InvalidValue, "sortOrder is 'ascending' or 'descending'."),
    };

    private static int? Number(string name, string? text) => Given(text) is not { } given ? null
        : long.TryParse(given, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? (int)Math.Clamp(number, int.MinValue, int.MaxValue)
        : throw new ScimException(ScimErrorType.InvalidValue, $"{name} must be a whole number.");

    private static string[] Names(string? list) => (list ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static string[] Names(JsonElement body, string name) => ScimJson.Property(body, name) switch
    {
        null => [],
        { ValueKind: JsonValueKind.String } list => Names(list.GetString()),
        { ValueKind: JsonValueKind.Array } array when array.EnumerateArray().All(one => one.ValueKind == JsonValueKind.String) => [.. array.EnumerateArray().Select(one => one.GetString()!)],
        _ => throw ScimJson.Wrong($"'{name}' must be an array of strings."),
    };
}
