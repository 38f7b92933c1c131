using System.Text.Json;
using Deskward.Audit;
using Deskward.Platform;
using Deskward.Protocol.Scim;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Directories;

/// <summary>One write, be it a request of its own or an operation of a bulk.</summary>
/// <param name="Method">What is done.</param>
/// <param name="Type">To which type of resource.</param>
/// <param name="Id">To which one; null for a POST.</param>
/// <param name="Body">What was sent; null for a DELETE.</param>
/// <param name="IfMatch">Entity tags of which the resource must have one; null: whatever it has.</param>
/// <param name="IfNoneMatch">Entity tags of which it must have none; null: whatever it has.</param>
internal sealed record ScimWrite(ScimBulkMethod Method, ScimResourceType Type, string? Id, JsonElement? Body, string? IfMatch = null, string? IfNoneMatch = null);

/// <summary>Whose request it is.</summary>
internal sealed record ScimCaller(Guid Tenant, Actor Actor);

/// <summary>Carries out writes, each in a scope of its own, so that one that was refused leaves nothing behind for the next.</summary>
internal sealed class ScimRunner(IServiceScopeFactory scopes)
{
    private const int Attempts = 3;
    private static readonly ScimLimits OfUsers = ScimLimits.Default with { Values = 1_000 };

    /// <summary>The resource afterwards; null after a DELETE.</summary>
    /// <exception cref="ScimException">It was refused; nothing has changed.</exception>
    internal async Task<ScimResource?> RunAsync(ScimCaller caller, ScimWrite write, ScimQuery query, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            await using var scope = scopes.CreateAsyncScope();
            scope.ServiceProvider.GetRequiredService<TenantScope>().Open(caller.Tenant);
            scope.ServiceProvider.GetRequiredService<AuditTrail>().Actor = caller.Actor;
            try
            {
                return await RunAsync(StoreIn(scope.ServiceProvider, write.Type), write, query, cancellationToken);
            }
            catch (DbUpdateConcurrencyException) when (attempt < Attempts)
            {
                // Somebody signed in, or changed the person by hand, at this moment: once more on what there is now.
            }
            catch (DbUpdateConcurrencyException)
            {
                throw new ScimException(new ScimError(409, null, "The resource is being changed by somebody else. Try again."));
            }
        }
    }

    internal static IScimStore StoreIn(IServiceProvider services, ScimResourceType type) =>
        type == ScimSchemas.User ? services.GetRequiredService<ScimUsers>() : services.GetRequiredService<ScimGroups>();

    private static async Task<ScimResource?> RunAsync(IScimStore store, ScimWrite write, ScimQuery query, CancellationToken cancellationToken)
    {
        var limits = write.Type == ScimSchemas.User ? OfUsers : ScimLimits.Default;
        void Condition(string version) => Require(write, version);
        switch (write.Method)
        {
            case ScimBulkMethod.Post:
                return await store.CreateAsync(ScimResource.FromRequest(write.Type, write.Body!.Value, limits), query, cancellationToken);
            case ScimBulkMethod.Put:
                var sent = ScimResource.FromRequest(write.Type, write.Body!.Value, limits);
                return await store.ChangeAsync(write.Id!, Condition, current => ScimReplacement.Apply(current, KeepActive(current, sent)), query, cancellationToken);
            case ScimBulkMethod.Patch:
                var patch = ScimPatch.Read(write.Body!.Value, limits);
                return await store.ChangeAsync(write.Id!, Condition, current => ScimPatcher.Apply(current, patch, limits), query, cancellationToken);
            default:
                await store.DeleteAsync(write.Id!, Condition, cancellationToken);
                return null;
        }
    }

    /// <summary>A PUT that does not tell <c>active</c> neither locks anybody out nor lets anybody in.</summary>
    private static ScimResource KeepActive(ScimResource current, ScimResource sent) =>
        sent.Type == ScimSchemas.User && sent.Flag("active") is null && current.Flag("active") is { } active ? sent.With("active", ScimScalar.Of(active)) : sent;

    private static void Require(ScimWrite write, string version)
    {
        if ((write.IfMatch is { } wanted && !ScimVersion.Names(wanted, version)) || (write.IfNoneMatch is { } unwanted && ScimVersion.Names(unwanted, version)))
        {
            throw new ScimException(new ScimError(412, null, "The resource has another version."));
        }
    }
}
