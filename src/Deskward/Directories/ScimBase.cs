using System.Globalization;
using Deskward.Platform;
using Deskward.Protocol.Scim;
using Deskward.Tenants;

namespace Deskward.Directories;

/// <summary>What the stores of both types need: where the service lies, whose request it is, and how refusals are said.</summary>
internal sealed class ScimBase(ServiceSettings settings, TenantScope scope, OrganisationList organisations, Clashes clashes)
{
    internal const string Path = "/scim/v2";

    /// <summary>Without a slash at the end.</summary>
    internal string Uri { get; } = settings.PublicUrl.GetLeftPart(UriPartial.Authority) + Path;

    /// <summary>The organisation of the token.</summary>
    internal Guid Tenant => scope.Ids is [var only] ? only : throw new InvalidOperationException("A directory's request has one organisation open.");

    internal string Location(ScimResourceType type, Guid id) => $"{Uri}{type.Endpoint}/{ScimId.Write(id)}";

    internal async Task<OrganisationFacts> OrganisationAsync(CancellationToken cancellationToken)
    {
        var tenant = Tenant;
        return (await organisations.AllAsync(cancellationToken)).Single(row => row.Id == tenant);
    }

    /// <summary>Has it written down that a name was refused; the id by which the provider finds it.</summary>
    internal Task<string> NoteTakenAsync(string asker, string name, CancellationToken cancellationToken) => clashes.NoteAsync(Tenant, asker, ClashKind.Address, name, cancellationToken);

    internal static ScimException NotFound(ScimResourceType type) => new(new ScimError(404, null, $"There is no such {type.Id.ToLowerInvariant()}."));

    /// <summary>A rule's no as the client is told it: what the state does not admit is no fault of the value that was sent.</summary>
    internal static ScimException Refused(Refusal refusal) =>
        new(refusal.Reason == RefusalReason.Conflict ? new ScimError(409, null, refusal.Message) : ScimError.Of(ScimErrorType.InvalidValue, refusal.Message));

    /// <summary>A text that lands in a column: refused, not cut, because it would be compared with what was sent.</summary>
    internal static string? Fit(string name, string? text, int longest) => text is null || text.Length <= longest
        ? text : throw new ScimException(ScimErrorType.InvalidValue, string.Create(CultureInfo.InvariantCulture, $"{name} has more than {longest} characters."));
}
