using System.Globalization;
using Microsoft.Net.Http.Headers;

namespace Deskward.Platform.Portal;

/// <summary>The languages of the portal and how one is chosen: the person's choice in a cookie, else what the browser asks for, else English.</summary>
public sealed record Language(string Code, string Name, CultureInfo Culture)
{
    internal const string Cookie = "deskward.language";

    public static Language English { get; } = new("en", "English", CultureInfo.GetCultureInfo("en-GB"));

    public static Language Chinese { get; } = new("zh-Hans", "简体中文", CultureInfo.GetCultureInfo("zh-Hans-CN"));

    public static IReadOnlyList<Language> All { get; } = [English, Chinese];

    internal static Language? Find(string? code) => All.FirstOrDefault(language => string.Equals(language.Code, code, StringComparison.OrdinalIgnoreCase));

    internal static Language Of(HttpRequest request)
    {
        if (Find(request.Cookies[Cookie]) is { } chosen)
        {
            return chosen;
        }

        if (!StringWithQualityHeaderValue.TryParseList(request.Headers.AcceptLanguage, out var wanted))
        {
            return English;
        }

        return wanted.OrderByDescending(item => item.Quality ?? 1).Select(item => Match(item.Value.Value ?? "")).FirstOrDefault(found => found is not null) ?? English;
    }

    private static Language? Match(string tag) =>
        tag.StartsWith("zh", StringComparison.OrdinalIgnoreCase) ? Chinese : tag.StartsWith("en", StringComparison.OrdinalIgnoreCase) ? English : null;
}
