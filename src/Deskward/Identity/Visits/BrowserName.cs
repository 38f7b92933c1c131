namespace Deskward.Identity.Visits;

/// <summary>Tells which browser on what a User-Agent means, well enough for people to know their own again. It proves nothing.</summary>
internal static class BrowserName
{
    /// <summary>From the most particular to what others also claim to be.</summary>
    private static readonly (string Mark, string Name)[] Browsers = [("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"), ("curl/", "curl")];

    private static readonly (string Mark, string Name)[] Systems = [("Windows", "Windows"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Mac OS X", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux")];

    /// <summary>Such as <c>Edge, Windows</c>; empty when nothing is known.</summary>
    internal static string Of(string agent) =>
        string.Join(", ", new[] { Browsers, Systems }.Select(known => known.FirstOrDefault(pair => agent.Contains(pair.Mark, StringComparison.Ordinal)).Name).Where(name => name is not null));
}
