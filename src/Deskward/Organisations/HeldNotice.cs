using Deskward.Platform.Portal;
using Deskward.Tenants;

namespace Deskward.Organisations;

/// <summary>What the people of a suspended or leaving customer read on every page.</summary>
internal static class HeldNotice
{
    /// <inheritdoc cref="ShellNotice"/>
    internal static async ValueTask<string?> OfAsync(IServiceProvider services, CurrentPerson person, CancellationToken cancellationToken) =>
        person.Id is null || person.IsProvider ? null
            : (await services.GetRequiredService<OrganisationList>().AllAsync(cancellationToken)).FirstOrDefault(row => row.Id == person.OrganisationId) is { } own ? Of(own.State) : null;

    private static string? Of(OrganisationState state) => state switch
    {
        OrganisationState.Active => null,
        OrganisationState.Suspended => "organisations.held.suspended",
        OrganisationState.Leaving or OrganisationState.Deleting => "organisations.held.leaving",
    };
}
