using Deskward.Browser;
using Deskward.Platform.Duties;
using Deskward.Responsibilities;

namespace Deskward.Isolation;

/// <summary>Somebody who asks: nobody, a person of customer A in one role or in all, or one of the provider with or without grants at A.</summary>
/// <param name="Name">For the report.</param>
/// <param name="Portal">Signed in, unless it is nobody.</param>
/// <param name="Home">The organisation; empty for nobody.</param>
/// <param name="IsProvider">Of the provider.</param>
/// <param name="Roles">The roles there.</param>
/// <param name="GrantedAt">The customer at which each of the roles is granted.</param>
internal sealed record Visitor(string Name, PortalVisitor Portal, Guid Home, bool IsProvider, IReadOnlyList<Role> Roles, Guid? GrantedAt = null)
{
    private string? _token;

    internal bool IsNobody => Home == Guid.Empty;

    internal bool HasOneOf(IReadOnlyList<string>? names) => !IsNobody && names?.Any(name => Roles.Any(role => role.FullName == name) || (!IsProvider && name == Role.EndUser.FullName)) == true;

    internal AccessLevel LevelAway(ActionRoles roles, Guid customer) =>
        !IsProvider ? AccessLevel.None
        : GrantedAt == customer && HasOneOf(roles.Grant) ? AccessLevel.Full
        : HasOneOf(roles.Standing) || HasOneOf(roles.Protective) ? AccessLevel.Standing
        : AccessLevel.None;

    /// <summary>The matrix lets this visitor do it somewhere.</summary>
    internal bool MayAnywhere(Operation operation, params IEnumerable<Guid> organisations) => operation.IsOpen || organisations.Append(Home).Any(one => operation.Level(this, one) != AccessLevel.None);

    /// <summary>The token that this visitor's forms carry.</summary>
    internal async Task<string> TokenAsync() => _token ??= PostedForm.TokenIn(await Portal.MarkupAsync(IsNobody ? "/sign-in" : "/password"));

    public override string ToString() => Name;
}
