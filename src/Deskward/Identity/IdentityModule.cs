using Deskward.Identity.Factors;
using Deskward.Identity.Files;
using Deskward.Identity.Membership;
using Deskward.Identity.Passwords;
using Deskward.Identity.Providers;
using Deskward.Identity.Visits;
using Deskward.Notices;
using Deskward.Platform;
using Deskward.Platform.Duties;
using Deskward.Platform.Portal;
using Deskward.Tenants;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Identity;

internal static class IdentityModule
{
    private static readonly TimeSpan HalfwayLifetime = TimeSpan.FromMinutes(10);

    internal static void Add(IServiceCollection services, ServiceSettings settings)
    {
        services.AddScoped<IPasswordValidator<Person>, PasswordRules>(); // In place of the framework's, which asks for kinds of characters.
        services.AddSingleton(RolesReadiness.Check);
        services.AddSingleton<OrganisationDeleting>(MailChoicesOf.DeleteAsync);
        services.AddIdentityCore<Person>(options =>
        {
            options.User.RequireUniqueEmail = false;
            options.User.AllowedUserNameCharacters = "";
        });
        services.AddScoped<IUserStore<Person>, PersonStore>();
        services.AddScoped<SignIn>();
        services.AddScoped<IAccessEnds, SignInGone>().AddScoped<AccessKeeper>().AddScoped<RoleKeeper>().AddScoped<PeopleDirectory>().AddScoped<PersonGroups>().AddScoped<PeopleImport>().AddScoped<PeopleList>();
        services.AddSingleton<PeopleTotals>();
        services.AddScoped(provider => new PeopleLife(
            provider.GetRequiredService<DeskwardContext>(), provider.GetRequiredService<RoleKeeper>(), provider.GetRequiredService<AccessKeeper>(),
            provider.GetRequiredService<Audit.AuditTrail>(), provider.GetRequiredService<TimeProvider>()));
        AddFactors(services);
        AddProviders(services);
        services.AddScoped<PortalSessions>();
        services.AddHostedService<SessionUpkeep>();
        services.AddScoped<AccountLinks>();
        services.AddSingleton<ForgottenPasswords>();
        services.AddHostedService(provider => provider.GetRequiredService<ForgottenPasswords>());
        services.AddSingleton(AccountLinks.Invitation);
        services.AddSingleton(AccountLinks.Reset);
        services.AddScoped<FirstRun>();
        services.AddSingleton<ServeAnnouncement>(AnnounceFirstRunAsync);
        services.AddSingleton<StillReads>((db, person, cancellationToken) => db.Set<Person>().AnyAsync(row => row.Id == person && row.IsEnabled, cancellationToken));
        services.AddSingleton<LanguageChosen>((context, person, language) =>
        {
            context.RequestServices.GetRequiredService<TenantScope>().Open(person.OrganisationId);
            return context.RequestServices.GetRequiredService<PeopleDirectory>().ChooseLanguageAsync(person.Id!.Value, language, context.RequestAborted);
        });
        services.AddAuthentication(PortalSessions.Scheme).AddCookie(PortalSessions.Scheme, options => Configure(options)).AddCookie(SignIn.HalfScheme, options =>
        {
            options.Cookie.Name = "__Host-deskward.half";
            (options.Cookie.HttpOnly, options.Cookie.SecurePolicy, options.Cookie.SameSite) = (true, CookieSecurePolicy.Always, SameSiteMode.Strict);
            (options.ExpireTimeSpan, options.SlidingExpiration) = (HalfwayLifetime, false);
        });
    }

    private static void AddProviders(IServiceCollection services)
    {
        services.AddSingleton<ProviderTransport>();
        services.AddSingleton<ProviderMetadata>();
        services.AddSingleton<ProviderTokens>();
        services.AddSingleton<ProviderCookies>();
        services.AddScoped<ProviderSignIn>();
        services.AddScoped<ProviderPeople>();
        services.AddScoped<ProviderDoor>();
        services.AddScoped<IdentityProviderDesk>();
    }

    private static void AddFactors(IServiceCollection services)
    {
        services.AddOptions<IdentityPasskeyOptions>().Configure<ServiceSettings>((options, settings) =>
        {
            options.ServerDomain = settings.PublicUrl.Host;
            (options.UserVerificationRequirement, options.ResidentKeyRequirement, options.AttestationConveyancePreference) = ("required", "required", "none");
            options.ValidateOrigin = context => ValueTask.FromResult(!context.CrossOrigin && context.Origin == settings.PublicUrl.GetLeftPart(UriPartial.Authority));
        });
        services.AddScoped<IPasskeyHandler<Person>, PasskeyHandler<Person>>();
        services.AddScoped<AccountChanges>();
        services.AddScoped<AuthenticatorApps>();
        services.AddScoped<Passkeys>();
        services.AddScoped<OneTimeCodes>();
        services.AddScoped<SecondFactors>();
        services.AddScoped<FactorDesk>();
        services.AddScoped<EmergencySignIn>();
        services.AddScoped<EmergencyAlarm>();
        services.AddSingleton(AccountChanges.Kind);
        services.AddSingleton(EmergencyAlarm.Kind);
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
        options.ExpireTimeSpan = PortalSession.Idle;
        options.SlidingExpiration = true;
        options.LoginPath = "/sign-in";
        options.ReturnUrlParameter = "return";
        options.Events.OnValidatePrincipal = Recognition.RecogniseAsync;
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
            if (context.RequestServices.GetRequiredService<CurrentPerson>() is { Id: { } id, Proof: { } proof } me)
            {
                context.RequestServices.GetRequiredService<TenantScope>().Open(me.OrganisationId);
                var person = await context.RequestServices.GetRequiredService<DeskwardContext>().Set<Person>().SingleAsync(row => row.Id == id, context.RequestAborted);
                await context.RequestServices.GetRequiredService<PortalSessions>().EndAsync(person, proof.Session, null, context.RequestAborted);
            }

            await context.SignOutAsync(SignIn.HalfScheme);
            await context.SignOutAsync(PortalSessions.Scheme);
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
