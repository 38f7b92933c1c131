using System.Text.Json;
using Deskward.Platform;
using Deskward.Platform.Duties;
using Deskward.Protocol.Scim;

namespace Deskward.Directories;

/// <summary>
/// SCIM 2.0 over HTTP (RFC 7644). A request is answered so: 1. whose token is it; 2. is there such a path and method; 3. what is asked; 4. the answer. A refusal
/// on the way is an error of section 3.12.
/// </summary>
internal static class ScimEndpoint
{
    internal static void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup(ScimBase.Path);
        foreach (var type in ScimSchemas.ResourceTypes)
        {
            Add(group, "GET", type.Endpoint, call => ScimLists.GetAsync(call, [type]));
            Add(group, "POST", type.Endpoint, call => WriteAsync(call, ScimBulkMethod.Post, type));
            Add(group, "POST", type.Endpoint + "/.search", call => ScimLists.SearchAsync(call, [type]));
            Add(group, "GET", type.Endpoint + "/{id}", call => FindAsync(call, type));
            Add(group, "PUT", type.Endpoint + "/{id}", call => WriteAsync(call, ScimBulkMethod.Put, type));
            Add(group, "PATCH", type.Endpoint + "/{id}", call => WriteAsync(call, ScimBulkMethod.Patch, type));
            Add(group, "DELETE", type.Endpoint + "/{id}", call => WriteAsync(call, ScimBulkMethod.Delete, type));
        }

        Add(group, "GET", "/", call => ScimLists.GetAsync(call, ScimSchemas.ResourceTypes));
        Add(group, "POST", "/.search", call => ScimLists.SearchAsync(call, ScimSchemas.ResourceTypes));
        Add(group, "POST", "/Bulk", BulkAsync);
        Add(group, "GET", "/Schemas", call => DiscoverAsync(call, discovery => discovery.Schemas()));
        Add(group, "GET", "/Schemas/{id}", call => DiscoverAsync(call, discovery => discovery.Schema(call.RouteId)));
        Add(group, "GET", "/ResourceTypes", call => DiscoverAsync(call, discovery => discovery.ResourceTypes()));
        Add(group, "GET", "/ResourceTypes/{id}", call => DiscoverAsync(call, discovery => discovery.ResourceType(call.RouteId)));
        Add(group, "GET", "/ServiceProviderConfig", call => DiscoverAsync(call, discovery => discovery.ServiceProviderConfig(ScimFacts.Service)), isPublic: true);
        Add(group, null, "/Me", _ => throw new ScimException(new ScimError(501, null, "A token stands for a directory, not for a user: there is no /Me.")));
        Add(group, null, "/{**rest}", NowhereAsync);
    }

    private static void Add(RouteGroupBuilder group, string? method, string path, Func<ScimCall, Task> answer, bool isPublic = false)
    {
        RequestDelegate handler = context => AnswerAsync(context, answer, isPublic);
        var route = method is null ? group.Map(path, handler) : group.MapMethods(path, [method], handler);
        route.Serves("platform.directory", DutyAction.Act).AllowAnonymous();
    }

    private static async Task AnswerAsync(HttpContext context, Func<ScimCall, Task> answer, bool isPublic)
    {
        var call = new ScimCall(context);
        try
        {
            if (context.Request.Headers.Authorization.Count > 0 || !isPublic) // 1
            {
                await call.RecogniseAsync();
            }

            await answer(call); // 2 to 4
        }
        catch (ScimException refused)
        {
            await call.RefuseAsync(refused.Error);
        }
        catch (BadHttpRequestException broken)
        {
            await call.RefuseAsync(new ScimError(broken.StatusCode, broken.StatusCode == 400 ? ScimErrorType.InvalidSyntax : null, "The request could not be read."));
        }
        catch (Exception exception) when (!call.Aborted.IsCancellationRequested && !context.Response.HasStarted && !call.Get<DatabaseOutage>().Notice(exception))
        {
            DirectoriesLog.Failed(call.Get<ILogger<ScimCall>>(), exception, context.TraceIdentifier);
            await call.RefuseAsync(new ScimError(500, null, $"Something went wrong here. Request {context.TraceIdentifier}."));
        }
    }

    private static async Task FindAsync(ScimCall call, ScimResourceType type)
    {
        var query = call.Query();
        var projection = query.ProjectionOf(type);
        var resource = await ScimRunner.StoreIn(call.Services, type).FindAsync(call.RouteId, query, call.Aborted);
        if (call.Header("If-None-Match") is { } known && ScimVersion.Names(known, resource.Text("meta.version")!))
        {
            call.Describe(resource);
            call.Status(StatusCodes.Status304NotModified);
            return;
        }

        await call.SendAsync(200, resource, projection);
    }

    private static async Task WriteAsync(ScimCall call, ScimBulkMethod method, ScimResourceType type)
    {
        var query = call.Query();
        var projection = query.ProjectionOf(type);
        var body = method == ScimBulkMethod.Delete ? (JsonElement?)null : await call.BodyAsync(ScimLimits.Default);
        var write = new ScimWrite(method, type, method == ScimBulkMethod.Post ? null : call.RouteId, body, call.Header("If-Match"), call.Header("If-None-Match"));
        if (await call.Get<ScimRunner>().RunAsync(call.Caller, write, query, call.Aborted) is { } resource)
        {
            await call.SendAsync(method == ScimBulkMethod.Post ? 201 : 200, resource, projection);
        }
        else
        {
            call.Status(StatusCodes.Status204NoContent);
        }
    }

    private static async Task BulkAsync(ScimCall call)
    {
        var body = await call.BodyAsync(ScimLimits.Default with { Bytes = ScimBulk.LargestBody });
        var results = await call.Get<ScimBulk>().RunAsync(call.Caller, ScimBulkRequest.Read(body, ScimBulk.MostOperations), call.Aborted);
        await call.SendAsync(200, ScimBulkResponse.Write(results));
    }

    /// <summary>What never changes is not filtered either (section 4).</summary>
    private static Task DiscoverAsync(ScimCall call, Func<ScimDiscovery, byte[]?> tell) =>
        call.Parameter("filter") is not null ? throw new ScimException(new ScimError(403, null, "This endpoint cannot be filtered."))
        : tell(new ScimDiscovery(call.Get<ScimBase>().Uri)) is { } told ? call.SendAsync(200, told)
        : throw new ScimException(new ScimError(404, null, "There is no such thing."));

    /// <summary>A path of this service with a method that it does not have, or no path of it.</summary>
    private static Task NowhereAsync(ScimCall call)
    {
        var first = "/" + call.Path.Split('/', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
        var allowed = ScimFacts.MethodsOf(first, call.Path.Count(letter => letter == '/') > 1);
        if (allowed is null || allowed.Contains(call.Method))
        {
            throw new ScimException(new ScimError(404, null, "There is no such endpoint."));
        }

        call.Allow(allowed);
        throw new ScimException(new ScimError(405, null, $"{call.Method} is not possible here."));
    }
}
