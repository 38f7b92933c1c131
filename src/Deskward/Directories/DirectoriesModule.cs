using Deskward.Identity;
using Deskward.Platform;

namespace Deskward.Directories;

internal static class DirectoriesModule
{
    internal static void Add(IServiceCollection services, ServiceSettings settings)
    {
        services.AddScoped<DirectoryTokens>().AddScoped<ScimBase>().AddScoped<ScimUsers>().AddScoped<ScimGroups>().AddScoped<ScimBulk>();
        services.AddSingleton<ScimRunner>();
        services.AddSingleton(TokensKnown.Kind).AddScoped<IAccessEnds, TokensKnown>();
    }

    internal static void Map(IEndpointRouteBuilder routes) => ScimEndpoint.Map(routes);
}
