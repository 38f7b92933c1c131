using System.Reflection;
using System.Security.Cryptography;
using Deskward.Platform.Duties;

namespace Deskward.Platform.Portal;

/// <summary>The portal's style sheet, script and icon: inside the assembly, under names that hold their hash, so that browsers keep them for ever.</summary>
internal static class AssetFiles
{
    private static readonly Dictionary<string, (string Path, string Type, byte[] Bytes)> ByName =
        new[] { ("portal.css", "text/css; charset=utf-8"), ("portal.js", "text/javascript; charset=utf-8"), ("icon.svg", "image/svg+xml") }
            .ToDictionary(file => file.Item1, file => Read(file.Item1, file.Item2));

    internal static string Url(string name) => ByName[name].Path;

    /// <summary>Answered before anybody is recognised: they are everybody's, and a page about an outage needs them too.</summary>
    internal static void Map(IEndpointRouteBuilder routes)
    {
        foreach (var (path, type, bytes) in ByName.Values)
        {
            routes.MapGet(path, context =>
            {
                context.Response.ContentType = type;
                context.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
                return context.Response.Body.WriteAsync(bytes, context.RequestAborted).AsTask();
            }).Serves("platform.portal", DutyAction.Read).AllowAnonymous().ShortCircuit();
        }
    }

    private static (string Path, string Type, byte[] Bytes) Read(string name, string type)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("Assets." + name)!;
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        var hash = Convert.ToHexStringLower(SHA256.HashData(bytes.ToArray()))[..12];
        return ($"/assets/{Path.GetFileNameWithoutExtension(name)}.{hash}{Path.GetExtension(name)}", type, bytes.ToArray());
    }
}
