using System.Reflection;
using Deskward.Fixture;
using Deskward.Platform;
using Deskward.Platform.Duties;
using Deskward.Responsibilities;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace Deskward.Guards;

/// <summary>Every route, page, command and scheduled action names a duty and an action that the matrix knows.</summary>
public sealed class DutyTests(Services services)
{
    private static readonly Assembly Product = typeof(Modules).Assembly;

    [Fact]
    public async Task Every_route_names_its_duty()
    {
        var service = await services.SharedAsync(Engine.Sqlite);
        var routes = service.Provider.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.RoutePattern.RawText?.StartsWith("/_framework/", StringComparison.Ordinal) != true && endpoint.RoutePattern.RawText?.StartsWith("_framework/", StringComparison.Ordinal) != true)
            .Select(endpoint => (Name: endpoint.DisplayName ?? "", Serves: endpoint.Metadata.GetMetadata<ServesAttribute>()))
            .Concat(service.Provider.GetServices<ManagementRoute>().Select(route => (Name: route.Path, Serves: (ServesAttribute?)route.Serves)));
        Nothing.In(routes.SelectMany(route => Offences(route.Name, route.Serves)));
    }

    [Fact]
    public void Every_page_command_and_scheduled_action_names_its_duty() => Nothing.In(Bearers(Product).SelectMany(type => Offences(type.FullName!, type.GetCustomAttribute<ServesAttribute>())));

    [Fact]
    public void What_bears_no_duty_or_an_unknown_one_is_found()
    {
        Assert.NotEmpty(Offences("nothing", null));
        Assert.NotEmpty(Offences("unknown duty", new ServesAttribute("P1.nonsense", DutyAction.Read)));
        Assert.NotEmpty(Offences("unknown action", new ServesAttribute("P1.policies", DutyAction.Close)));
        Assert.NotEmpty(Offences("unknown post", new ServesAttribute("P1.policies", DutyAction.Read) { PostDuty = "P1.nonsense", Post = DutyAction.Act }));
        Assert.Empty(Offences("right", new ServesAttribute("P1.policies", DutyAction.Read) { Post = DutyAction.Act }));
    }

    [Fact]
    public void There_are_pages_commands_and_scheduled_actions_to_look_at()
    {
        Assert.Contains(Bearers(Product), type => typeof(IComponent).IsAssignableFrom(type));
        Assert.Contains(Bearers(Product), type => typeof(IHostedService).IsAssignableFrom(type));
        Assert.Contains(Bearers(Product), type => type.Name.EndsWith("Verb", StringComparison.Ordinal));
    }

    private static IEnumerable<Type> Bearers(Assembly assembly) => assembly.GetTypes().Where(type => type.GetCustomAttributes<RouteAttribute>().Any()
        || (typeof(IHostedService).IsAssignableFrom(type) && !type.IsAbstract)
        || type.GetMethods(BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.DeclaredOnly).Any(method => method.ReturnType == typeof(System.CommandLine.Command) && method.GetParameters().Length == 0));

    private static IEnumerable<string> Offences(string name, ServesAttribute? serves)
    {
        if (serves is null)
        {
            return [$"{name} names no duty"];
        }

        (string Duty, DutyAction Action)[] named = serves.Post == DutyAction.Read ? [(serves.Duty, serves.Action)] : [(serves.Duty, serves.Action), (serves.PostDuty ?? serves.Duty, serves.Post)];
        return named.Where(one => Matrix.Default.Find(one.Duty)?.Actions.ContainsKey(one.Action) != true).Select(one => $"{name}: the matrix knows no {one.Duty}, {one.Action}");
    }
}
