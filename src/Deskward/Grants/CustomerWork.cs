using Deskward.Audit;
using Deskward.Platform;

namespace Deskward.Grants;

/// <summary>
/// Work that a rule allows inside a customer which is not open in full to the one who asks: in a scope of its own that opens just what is named,
/// audited in the name of who asked. The rule comes first; this checks nothing.
/// </summary>
public sealed class CustomerWork(IServiceScopeFactory scopes, AuditTrail audit)
{
    /// <param name="open">The organisations that the work needs.</param>
    /// <param name="work">What is done, with the services of that scope.</param>
    public async Task<T> InAsync<T>(IEnumerable<Guid> open, Func<IServiceProvider, Task<T>> work)
    {
        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<TenantScope>().Open(open);
        scope.ServiceProvider.GetRequiredService<AuditTrail>().Actor = audit.Actor;
        return await work(scope.ServiceProvider);
    }
}
