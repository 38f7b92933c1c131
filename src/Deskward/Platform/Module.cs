namespace Deskward.Platform;

/// <summary>A duty of the service: its folder, the folders it may use beside Platform, and its two entry points.</summary>
/// <param name="Name">Folder and namespace.</param>
/// <param name="Uses">The modules it may use; all stand above it in the list.</param>
/// <param name="Add">Registers its services.</param>
/// <param name="Map">Maps its routes on the public listener; null when it has none.</param>
internal sealed record Module(string Name, string[] Uses, Action<IServiceCollection, ServiceSettings> Add, Action<IEndpointRouteBuilder>? Map = null);

/// <summary>
/// A path of the management listener, where managed PCs speak. It is answered before anything else of the web framework is asked: no
/// routing, no cookies, no antiforgery.
/// </summary>
/// <param name="Path">Absolute path, compared without case.</param>
/// <param name="Serves">The duty and action it carries out; the PC proves itself inside.</param>
/// <param name="Answer">Answers the request, refusals included; throws only for bugs.</param>
internal sealed record ManagementRoute(string Path, Duties.ServesAttribute Serves, RequestDelegate Answer)
{
    internal static readonly Duties.ServesAttribute Protocol = new("platform.device-protocol", Duties.DutyAction.Act);
}

/// <summary>Marks connections that were accepted by the management listener.</summary>
internal sealed class ManagementConnection
{
    internal static readonly ManagementConnection Instance = new();
}
