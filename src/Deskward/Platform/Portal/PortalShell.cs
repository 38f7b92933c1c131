using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using Deskward.Platform.Duties;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.WebEncoders;

namespace Deskward.Platform.Portal;

/// <summary>What all pages share: components, language, headers, gates, error pages, preferences.</summary>
internal static class PortalShell
{
    internal const string ThemeCookie = "deskward.theme";

    /// <summary>The item of a request under which a page names a source beside ourselves to which its forms may go, such as <c>ms-app:</c>.</summary>
    internal const string FormsGoTo = "forms-go-to";

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
        services.AddSingleton<LiveAnswers>();
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

        // A page about an error gets a scope of its own: what failed while the person was recognised would fail again in the old one.
        app.UseExceptionHandler("/error", createScopeForErrors: true);
        app.UseWhen(WantsPage, pages => pages.UseStatusCodePagesWithReExecute("/status/{0}", null, createScopeForStatusCodePages: true).Use(AskForErrorPage));
        app.Use(AskForErrorPage);
        app.Use(EndPages);
        app.UseRouting();
        app.UseWhen(WantsPage, pages => pages.Use(RefuseLargeBody));
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseAntiforgery();
        app.Use(Access.GateAsync);
        AssetFiles.Map(app);
        app.MapPost("/preferences", SavePreferences).Serves("platform.portal", DutyAction.Act).AllowAnonymous();
        app.MapRazorComponents<App>().Add(AllowFrameworkScript);
    }

    /// <summary>What the framework maps beside the pages serves no duty and shows nothing of anybody.</summary>
    private static void AllowFrameworkScript(EndpointBuilder endpoint)
    {
        if (endpoint is RouteEndpointBuilder { RoutePattern.RawText: { } path } && path.TrimStart('/').StartsWith("_framework/", StringComparison.Ordinal))
        {
            endpoint.Metadata.Add(FrameworkRoute.Instance);
        }
    }

    /// <summary>Inside the error pages, so that people see one.</summary>
    private static async Task EndPages(HttpContext context, RequestDelegate next)
    {
        var outage = context.RequestServices.GetRequiredService<DatabaseOutage>();
        try
        {
            await next(context);
        }
        catch (Exception exception) when (!context.Response.HasStarted && outage.Notice(exception))
        {
            outage.Refuse(context);
        }
        catch (NoSuchPage) when (!context.Response.HasStarted)
        {
            // The status is set; the page that goes with it is added outside, where nothing says yet what the body is.
            context.Response.ContentType = null;
        }
    }

    private static bool WantsPage(HttpContext context) =>
        context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);

    /// <summary>Before anything tries to read the form, so that the answer can be a page; after routing, because a page may say that its form is larger.</summary>
    private static Task RefuseLargeBody(HttpContext context, RequestDelegate next)
    {
        if (context.Request.ContentLength > context.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize)
        {
            context.Response.StatusCode = StatusCodes.Status413PayloadTooLarge;
            return Task.CompletedTask;
        }

        return next(context);
    }

    /// <summary>The page that tells what went wrong with a form is asked for, not posted to: the form may be what cannot be read.</summary>
    private static Task AskForErrorPage(HttpContext context, RequestDelegate next)
    {
        if (context.Features.Get<IStatusCodeReExecuteFeature>() is not null || context.Features.Get<IExceptionHandlerFeature>() is not null)
        {
            (context.Request.Method, context.Request.ContentType, context.Request.ContentLength) = (HttpMethods.Get, null, null);
            context.Request.Body = Stream.Null;
        }

        return next(context);
    }

    private static Task Headers(HttpContext context, RequestDelegate next)
    {
        context.Response.OnStarting(SetHeaders, context.Response);
        CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = Language.Of(context.Request).Culture;
        return next(context);
    }

    /// <summary>When the answer leaves: an exception empties what was set before.</summary>
    private static Task SetHeaders(object response)
    {
        var (headers, items) = (((HttpResponse)response).Headers, ((HttpResponse)response).HttpContext.Items);
        headers.ContentSecurityPolicy = items[FormsGoTo] is string source ? ContentPolicy.Replace("form-action 'self'", $"form-action 'self' {source}", StringComparison.Ordinal) : ContentPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
        headers.StrictTransportSecurity = "max-age=31536000";
        return Task.CompletedTask;
    }

    private static async Task<RedirectHttpResult> SavePreferences(HttpContext context, [FromForm] string? language, [FromForm] string? theme, [FromForm(Name = "return")] string? back)
    {
        var options = new CookieOptions { MaxAge = TimeSpan.FromDays(365), Secure = true, HttpOnly = true, SameSite = SameSiteMode.Lax, IsEssential = true };
        if (Language.Find(language) is { } chosen)
        {
            context.Response.Cookies.Append(Language.Cookie, chosen.Code, options);
            if (context.RequestServices.GetRequiredService<CurrentPerson>() is { Id: not null } person && context.RequestServices.GetService<LanguageChosen>() is { } hook)
            {
                await hook(context, person, chosen);
            }
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
