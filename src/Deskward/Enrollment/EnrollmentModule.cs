using Deskward.Platform;
using Deskward.Platform.Duties;
using Deskward.Protocol.Enrolment;

namespace Deskward.Enrollment;

internal static class EnrollmentModule
{
    private const string DiscoveryPath = "/EnrollmentServer/Discovery.svc";

    internal static void Add(IServiceCollection services, ServiceSettings settings)
    {
        services.AddSingleton<ProvisioningFor>();
        services.AddSingleton<EnrolmentEndpoint>();
        services.AddScoped<EnrolmentCodes>();
        services.AddScoped<Identity.IAccessEnds, CodesEnd>();
        services.AddScoped<CodeCheck>();
        services.AddScoped<EnrolmentChoices>();
        services.AddScoped<CodeUses>();
        services.AddScoped<EnrolDevice>();
        services.AddScoped<RenewCertificate>();
        services.AddScoped<EnrolmentExchange>();
        services.AddHostedService<CodeUpkeep>();
        services.AddSingleton(provider => new ManagementRoute(
            ProvisioningFor.EnrolmentPath, ManagementRoute.Protocol, Post(provider.GetRequiredService<EnrolmentEndpoint>(), EnrolmentStep.RequestSecurityToken)));
    }

    internal static void Map(IEndpointRouteBuilder routes)
    {
        var endpoint = routes.ServiceProvider.GetRequiredService<EnrolmentEndpoint>();
        routes.MapGet(DiscoveryPath, EnrolmentEndpoint.ProbeAsync).Serves("platform.device-protocol", DutyAction.Act).AllowAnonymous();
        routes.MapPost(DiscoveryPath, Post(endpoint, EnrolmentStep.Discover)).Serves("platform.device-protocol", DutyAction.Act).AllowAnonymous();
        routes.MapPost(EnrolmentExchange.PolicyPath, Post(endpoint, EnrolmentStep.GetPolicies)).Serves("platform.device-protocol", DutyAction.Act).AllowAnonymous();
        routes.MapPost(ProvisioningFor.EnrolmentPath, Post(endpoint, EnrolmentStep.RequestSecurityToken)).Serves("platform.device-protocol", DutyAction.Act).AllowAnonymous();
    }

    /// <summary>On the management listener no routing has looked at the method.</summary>
    private static RequestDelegate Post(EnrolmentEndpoint endpoint, EnrolmentStep step) => context =>
    {
        if (HttpMethods.IsPost(context.Request.Method))
        {
            return endpoint.AnswerAsync(context, step);
        }

        context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
        context.Response.Headers.Allow = HttpMethods.Post;
        return Task.CompletedTask;
    };
}
