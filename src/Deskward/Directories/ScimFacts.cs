using Deskward.Protocol.Scim;

namespace Deskward.Directories;

/// <summary>What the service tells of itself.</summary>
internal static class ScimFacts
{
    /// <summary>Resources in one answer.</summary>
    internal const int MostResults = 200;

    private static readonly string[] OfCollection = ["GET", "POST"];
    private static readonly string[] OfResource = ["GET", "PUT", "PATCH", "DELETE"];

    internal static readonly ScimServiceFacts Service = new(
        ScimBulk.MostOperations, ScimBulk.LargestBody, MostResults, CanChangePassword: false, DocumentationUri: null,
        [new("oauthbearertoken", "Bearer token", "A token that the organisation's owner makes in the portal, sent as 'Authorization: Bearer TOKEN'.", "https://www.rfc-editor.org/info/rfc6750")]);

    /// <summary>The methods of an endpoint, or of what lies below it; null when there is none.</summary>
    internal static string[]? MethodsOf(string endpoint, bool isBelow) => endpoint.ToUpperInvariant() switch
    {
        "/" or "" => OfCollection[..1],
        "/USERS" or "/GROUPS" => isBelow ? OfResource : OfCollection,
        "/BULK" when !isBelow => OfCollection[1..],
        "/.SEARCH" when !isBelow => OfCollection[1..],
        "/SCHEMAS" or "/RESOURCETYPES" => OfCollection[..1],
        "/SERVICEPROVIDERCONFIG" when !isBelow => OfCollection[..1],
        _ => null,
    };
}
