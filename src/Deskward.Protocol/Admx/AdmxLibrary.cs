namespace Deskward.Protocol.Admx;

/// <summary>A policy of a template, with the template.</summary>
public sealed record AdmxFound(AdmxFile File, AdmxPolicy Policy);

/// <summary>The templates that somebody has supplied, and how policies are found in them.</summary>
public sealed class AdmxLibrary
{
    private readonly Dictionary<string, List<AdmxFound>> _byKey = new(StringComparer.Ordinal);
    private readonly Dictionary<string, AdmxFound> _byFile = new(StringComparer.OrdinalIgnoreCase);

    /// <param name="files">The templates; where two define the same policy, the later one counts.</param>
    public AdmxLibrary(IEnumerable<AdmxFile> files)
    {
        foreach (var file in files)
        {
            foreach (var policy in file.Policies)
            {
                var key = KeyOf(policy);
                if (!_byKey.TryGetValue(key, out var found))
                {
                    _byKey.Add(key, found = []);
                }
                found.Add(new AdmxFound(file, policy));
                _byFile[$"{file.Name}/{policy.Name}"] = found[^1];
            }
        }
    }

    /// <summary>No templates.</summary>
    public static AdmxLibrary Empty { get; } = new([]);

    /// <summary>The policy that a settings-catalogue identifier such as <c>onedrivengscv2~policy~onedrivengsc_disablepersonalsync</c> names; null when no template has it.</summary>
    /// <param name="app">What stands before <c>~policy~</c>: the name under which somebody else ingested the template. Only tells two equal ones apart.</param>
    /// <param name="key">What stands behind it, in lower case.</param>
    public AdmxFound? Find(string app, string key) => _byKey.TryGetValue(key, out var found)
        ? found.FindLast(one => app.StartsWith(one.File.AppName, StringComparison.OrdinalIgnoreCase)) ?? found[^1] : null;

    /// <summary>A policy of one of Windows' own templates; null when it was not supplied.</summary>
    /// <param name="file">File name, such as W32Time.admx.</param>
    /// <param name="policy">Name of the policy.</param>
    public AdmxFound? FindIn(string file, string policy) => _byFile.GetValueOrDefault($"{file}/{policy}");

    // As the settings catalogue makes identifiers: the categories, an underline, the name.
    private static string KeyOf(AdmxPolicy policy) => $"{policy.Category}_{policy.Name}".ToLowerInvariant();
}
