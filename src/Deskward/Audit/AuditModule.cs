using Deskward.Platform;

namespace Deskward.Audit;

internal static class AuditModule
{
    internal static void Add(IServiceCollection services, ServiceSettings settings) => services.AddScoped<AuditTrail>();
}
