using System.Text.Json;
using Deskward.Audit;
using Deskward.Protocol.Scim;

namespace Deskward.Directories;

/// <summary>A request of a directory and its answer.</summary>
internal sealed class ScimCall(HttpContext context)
{
    private const string MediaType = "application/scim+json";
    private const string Scheme = "Bearer ";
    private ScimCaller? _caller;

    internal CancellationToken Aborted => context.RequestAborted;

    internal IServiceProvider Services => context.RequestServices;

    internal string Method => context.Request.Method;

    /// <summary>Below the address of the service.</summary>
    internal string Path => context.Request.RouteValues["rest"] as string is { } rest ? "/" + rest : "";

    internal string RouteId => context.Request.RouteValues["id"] as string ?? "";

    internal ScimCaller Caller => _caller ?? throw new InvalidOperationException("Nobody was recognised.");

    internal T Get<T>()
        where T : notnull => Services.GetRequiredService<T>();

    /// <summary>Opens the organisation whose directory this is.</summary>
    /// <exception cref="ScimException">401 when the token is none that holds.</exception>
    internal async Task RecogniseAsync()
    {
        var header = context.Request.Headers.Authorization.ToString();
        var token = header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? header[Scheme.Length..].Trim() : null;
        if (await Get<DirectoryTokens>().RecogniseAsync(token, Aborted) is not { } tenant)
        {
            context.Response.Headers.WWWAuthenticate = token is null ? "Bearer" : "Bearer error=\"invalid_token\"";
            throw new ScimException(new ScimError(401, null, "A token of the organisation is needed, and this is none, or it has ended."));
        }

        _caller = new ScimCaller(tenant, Get<AuditTrail>().Actor);
    }

    internal string? Header(string name) => context.Request.Headers[name] is { Count: > 0 } values ? values.ToString() : null;

    internal string? Parameter(string name) => context.Request.Query[name] is { Count: > 0 } values ? values.ToString() : null;

    internal ScimQuery Query() => ScimQuery.Of(Parameter);

    internal async Task<JsonElement> BodyAsync(ScimLimits limits)
    {
        if (context.Request.ContentType is { } type && !IsJson(type))
        {
            throw new ScimException(new ScimError(415, null, $"The body must be {MediaType} or application/json."));
        }

        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, Aborted);
        return ScimJson.Parse(body.GetBuffer().AsMemory(0, (int)body.Length), limits);
    }

    internal void Status(int status) => context.Response.StatusCode = status;

    internal void Allow(IEnumerable<string> methods) => context.Response.Headers.Allow = string.Join(", ", methods);

    /// <summary>Where the resource lies and which state of it this is.</summary>
    internal void Describe(ScimResource resource)
    {
        context.Response.Headers.Location = resource.Text("meta.location");
        context.Response.Headers.ETag = resource.Text("meta.version");
    }

    internal Task SendAsync(int status, ScimResource resource, ScimProjection projection)
    {
        Describe(resource);
        return SendAsync(status, ScimWriter.Answer(resource, projection));
    }

    internal Task SendAsync(int status, byte[] body)
    {
        Status(status);
        context.Response.ContentType = MediaType;
        context.Response.Headers.CacheControl = "no-store";
        context.Response.ContentLength = body.Length;
        return context.Response.Body.WriteAsync(body, Aborted).AsTask();
    }

    /// <summary>A name that is taken may be taken by others than who asks: the provider finds the request by its id, the client learns nothing.</summary>
    internal Task RefuseAsync(ScimError error)
    {
        if (error.Type == ScimErrorType.Uniqueness)
        {
            DirectoriesLog.NotUnique(Get<ILogger<ScimCall>>(), context.TraceIdentifier, _caller?.Tenant ?? Guid.Empty);
            error = error with { Detail = $"{error.Detail} Request {context.TraceIdentifier}." };
        }

        return SendAsync(error.Status, error.ToJson());
    }

    private static bool IsJson(string type) => type.Split(';')[0].Trim() is var name
        && (name.Equals(MediaType, StringComparison.OrdinalIgnoreCase) || name.Equals("application/json", StringComparison.OrdinalIgnoreCase));
}
