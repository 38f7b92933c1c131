using Deskward.Identity.Files;
using Deskward.Identity.Membership;
using Deskward.Notices;
using Deskward.Platform;
using Deskward.Platform.Duties;
using Deskward.Platform.Portal;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Identity;

internal static class IdentityModule
{
    private static readonly TimeSpan SessionLifetime = TimeSpan.FromHours(10);

    internal static void Add(IServiceCollection services, ServiceSettings settings)
    {
        services.AddIdentityCore<Person>(options =>
        {
            options.User.RequireUniqueEmail = false;
            options.User.AllowedUserNameCharacters = "";
            options.Password.RequiredLength = 12;
            options.Password.RequiredUniqueChars = 5;
            (options.Password.RequireDigit, options.Password.RequireLowercase, options.Password.RequireUppercase, options.Password.RequireNonAlphanumeric) = (false, false, false, false);
        });
        services.AddScoped<IUserStore<Person>, PersonStore>();
        services.AddScoped<SignIn>();
        services.AddScoped<AccessKeeper>().AddScoped<RoleKeeper>().AddScoped<PeopleDirectory>().AddScoped<PersonGroups>().AddScoped<PeopleImport>().AddScoped<PeopleList>();
        services.AddScoped(provider => new PeopleLife(
            provider.GetRequiredService<DeskwardContext>(), provider.GetRequiredService<RoleKeeper>(), provider.GetRequiredService<AccessKeeper>(),
            provider.GetRequiredService<Audit.AuditTrail>(), provider.GetRequiredService<TimeProvider>()));
        services.AddScoped<FirstRun>();
        services.AddSingleton<ServeAnnouncement>(AnnounceFirstRunAsync);
        services.AddSingleton<StillReads>((db, person, cancellationToken) => db.Set<Person>().AnyAsync(row => row.Id == person && row.IsEnabled, cancellationToken));
        services.AddSingleton<LanguageChosen>((context, person, language) =>
        {
            context.RequestServices.GetRequiredService<TenantScope>().Open(person.OrganisationId);
            return context.RequestServices.GetRequiredService<PeopleDirectory>().ChooseLanguageAsync(person.Id!.Value, language, context.RequestAborted);
        });
        services.AddAuthentication(SignIn.Scheme).AddCookie(SignIn.Scheme, options => Configure(options));
    }

    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/sign-out", SignOutAsync).Serves("platform.sign-in", DutyAction.Act).AllowAnonymous();
        routes.MapGet(PeopleExport.Path, PeopleExport.WriteAsync).Serves("C2.accounts", DutyAction.Read).RequireAuthorization(Access.SignedIn);
    }

    private static void Configure(CookieAuthenticationOptions options)
    {
        options.Cookie.Name = "__Host-deskward";
        options.Cookie.HttpOnly = true;
        options.Cookie.SecurePolicy = CookieSecurePolicy.Always;
        options.Cookie.SameSite = SameSiteMode.Lax;
        options.ExpireTimeSpan = SessionLifetime;
        options.SlidingExpiration = true;
        options.LoginPath = "/sign-in";
        options.ReturnUrlParameter = "return";
        options.Events.OnValidatePrincipal = SignIn.RecogniseAsync;
        options.Events.OnRedirectToAccessDenied = context =>
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return Task.CompletedTask;
        };
    }

    private static async Task<RedirectHttpResult> SignOutAsync(HttpContext context, Microsoft.AspNetCore.Antiforgery.IAntiforgery antiforgery)
    {
        if (await antiforgery.IsRequestValidAsync(context))
        {
            await context.SignOutAsync(SignIn.Scheme);
        }

        return TypedResults.LocalRedirect("/sign-in");
    }

    private static async Task<string?> AnnounceFirstRunAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        await using var scope = services.CreateAsyncScope();
        var link = await scope.ServiceProvider.GetRequiredService<FirstRun>().NewLinkAsync(cancellationToken);
        var settings = scope.ServiceProvider.GetRequiredService<ServiceSettings>();
        return link is null ? null : $"There is no administrator yet. Make one within 24 hours: {settings.PublicUrl.GetLeftPart(UriPartial.Authority)}{link}";
    }
}
