using Deskward.Audit;
using Deskward.Devices;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Policies;

/// <summary>A PC with its organisation, which is open.</summary>
internal sealed record FoundPc(Device Device, NamedOrganisation Organisation);

/// <summary>Finds the PC that a command's <c>--pc</c> means: by its name without case, or by its id.</summary>
internal sealed class PcByName(IServiceProvider services)
{
    private const int MostNamed = 5;

    /// <returns>The PC; NotFound when there is none, Conflict when it is retired, Invalid when several have the name.</returns>
    internal async Task<Outcome<FoundPc>> FindAsync(string text, string? organisation, CancellationToken cancellationToken)
    {
        var organisations = await services.GetRequiredService<FindOrganisations>()(organisation, cancellationToken);
        if (organisations.IsRefused)
        {
            return organisations.Refusal;
        }

        services.GetRequiredService<TenantScope>().Open(organisations.Value.Select(one => one.Id));
        var named = organisations.Value.ToDictionary(one => one.Id);
        var found = await NamedAsync(text.Trim(), cancellationToken);
        var managed = found.Where(device => device.State != DeviceState.Retired).ToList();
        var place = organisation is null ? "" : $" in {organisations.Value[0].Name}";
        return (managed.Count, found.Count) switch
        {
            (1, _) => new FoundPc(managed[0], named[managed[0].TenantId]),
            (0, 0) => new Refusal(RefusalReason.NotFound, $"There is no PC '{text}'{place}; give its name or its id."),
            (0, _) => Refusal.Conflict($"The PC '{text}'{place} is retired: nothing is wanted of it any more."),
            _ => Several(text, managed, named),
        };
    }

    private static Refusal Several(string text, List<Device> found, Dictionary<Guid, NamedOrganisation> named)
    {
        var owners = found.Select(device => named[device.TenantId].Name).Distinct().Order(StringComparer.Ordinal).ToList();
        return owners.Count > 1
            ? Refusal.Invalid($"'{text}' names {found.Count} PCs, of {Listed(owners)}; give --organisation.")
            : Refusal.Invalid($"'{text}' names {found.Count} PCs of {owners[0]}; give the id of one: {Listed([.. found.Select(device => device.Id.ToString()).Order(StringComparer.Ordinal)])}.");
    }

    private static string Listed(List<string> texts) => string.Join(", ", texts.Take(MostNamed)) + (texts.Count > MostNamed ? $" and {texts.Count - MostNamed} more" : "");

    /// <summary>The search text begins with the name; what differs in more than case is another name.</summary>
    private async Task<List<Device>> NamedAsync(string text, CancellationToken cancellationToken)
    {
        var devices = services.GetRequiredService<DeskwardContext>().Set<Device>().AsNoTracking();
        if (Guid.TryParse(text, out var id))
        {
            return await devices.Where(row => row.Id == id).ToListAsync(cancellationToken);
        }

        var (whole, beginning) = (SearchText.Fold(text), SearchText.Fold(text) + "\n");
        var found = await devices.Where(row => row.Name == text || row.Search == whole || row.Search.StartsWith(beginning)).ToListAsync(cancellationToken);
        return [.. found.Where(row => string.Equals(row.Name, text, StringComparison.OrdinalIgnoreCase))];
    }
}
