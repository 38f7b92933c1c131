using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.WebEncoders;

namespace Deskward.Platform.Portal;

/// <summary>What all pages share: components, language, headers, gates, error pages, preferences.</summary>
internal static class PortalShell
{
    internal const string ThemeCookie = "deskward.theme";

    /// <summary>No script and no style but our own files: a PC's text that slipped through as markup would still do nothing.</summary>
    private const string ContentPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; "
        + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    internal static void Add(IServiceCollection services)
    {
        services.AddRazorComponents();
        services.Configure<WebEncoderOptions>(options => options.TextEncoderSettings = new TextEncoderSettings(UnicodeRanges.All));
        services.AddHttpContextAccessor();
        services.AddAuthorization(Access.AddTo);
        services.AddScoped<CurrentPerson>();
        services.AddScoped<Texts>();
        services.AddAntiforgery(options =>
        {
            options.Cookie.Name = "__Host-deskward.form";
            options.Cookie.SecurePolicy = CookieSecurePolicy.Always;
            options.Cookie.SameSite = SameSiteMode.Strict;
            options.SuppressXFrameOptionsHeader = true;
        });
    }

    /// <summary>Between the split of the listeners and the modules' routes.</summary>
    internal static void Use(WebApplication app)
    {
        app.Use(Headers);
        app.UseExceptionHandler("/error");
        app.UseWhen(WantsPage, pages => pages.UseStatusCodePagesWithReExecute("/status/{0}"));
        app.UseRouting();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseAntiforgery();
        app.Use(Access.GateAsync);
        AssetFiles.Map(app);
        app.MapPost("/preferences", SavePreferences).WithMetadata(PortalEndpoint.Instance, new OwnAccountAttribute()).AllowAnonymous();
        app.MapRazorComponents<App>();
    }

    private static bool WantsPage(HttpContext context) =>
        context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);

    private static Task Headers(HttpContext context, RequestDelegate next)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = ContentPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
        headers.StrictTransportSecurity = "max-age=31536000";
        CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = Language.Of(context.Request).Culture;
        return next(context);
    }

    private static RedirectHttpResult SavePreferences(HttpContext context, [FromForm] string? language, [FromForm] string? theme, [FromForm(Name = "return")] string? back)
    {
        var options = new CookieOptions { MaxAge = TimeSpan.FromDays(365), Secure = true, HttpOnly = true, SameSite = SameSiteMode.Lax, IsEssential = true };
        if (Language.Find(language) is { } chosen)
        {
            context.Response.Cookies.Append(Language.Cookie, chosen.Code, options);
        }

        if (theme is "light" or "dark" or "system")
        {
            context.Response.Cookies.Append(ThemeCookie, theme, options);
        }

        return TypedResults.LocalRedirect(LocalPath(back));
    }

    /// <summary>The path when it leads nowhere else than into this portal; otherwise the first page.</summary>
    internal static string LocalPath(string? path) =>
        path is ['/', ..] && !path.StartsWith("//", StringComparison.Ordinal) && !path.StartsWith("/\\", StringComparison.Ordinal) && !path.Any(char.IsControl) ? path : "/";
}
