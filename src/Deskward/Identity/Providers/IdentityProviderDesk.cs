using System.Text;
using Deskward.Audit;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Identity.Providers;

/// <summary>What an owner types about the identity provider.</summary>
/// <param name="Issuer">Its address.</param>
/// <param name="ClientId">What Deskward is called there.</param>
/// <param name="Secret">A new secret; empty: the present one stays.</param>
/// <param name="IsOursAlone">Its addresses count also where it does not say that they were verified.</param>
/// <param name="IsEnabled">People sign in with it.</param>
/// <param name="Version">Of what was shown; 0 when there was nothing.</param>
internal sealed record WantedProvider(string Issuer, string ClientId, string Secret, bool IsOursAlone, bool IsEnabled, int Version)
{
    /// <summary>Without the secret.</summary>
    public override string ToString() => $"{nameof(WantedProvider)} {{ {nameof(Issuer)} = {Issuer} }}";
}

/// <summary>Sets up the identity provider of an organisation, which must be open.</summary>
internal sealed class IdentityProviderDesk(DeskwardContext db, ServiceKey key, AuditTrail audit, ProviderMetadata metadata, TimeProvider time)
{
    private const int LongestSecret = 500;

    /// <summary>Saves what was typed, once the provider answers under its address; a provider with another issuer starts with no one linked.</summary>
    internal async Task<Refusal?> SaveAsync(Guid organisation, WantedProvider wanted, CancellationToken cancellationToken)
    {
        var issuer = wanted.Issuer.Trim();
        if (Refuse(issuer, wanted) is { } refusal)
        {
            return refusal;
        }

        // Providers end their issuer with a slash or without one, and it counts letter by letter; people need not know which.
        var read = await metadata.ReadAsync(issuer, anew: false, cancellationToken);
        if (read.IsRefused)
        {
            issuer = issuer.EndsWith('/') ? issuer.TrimEnd('/') : issuer + '/';
            if ((await metadata.ReadAsync(issuer, anew: false, cancellationToken)).IsRefused)
            {
                return read.Refusal;
            }
        }

        return await WriteAsync(organisation, issuer, wanted, cancellationToken);
    }

    /// <summary>Forgets the provider, and who was linked with it.</summary>
    internal async Task RemoveAsync(Guid organisation, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        if (await db.Set<IdentityProvider>().SingleOrDefaultAsync(row => row.TenantId == organisation, cancellationToken) is { } row)
        {
            db.Remove(row);
            await db.Set<PersonLogin>().Where(login => login.TenantId == organisation).ExecuteDeleteAsync(cancellationToken);
            audit.Record(organisation, "identity-provider.remove", organisation, row.Issuer, before: Shown(row));
            await db.SaveChangesAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    private async Task<Refusal?> WriteAsync(Guid organisation, string issuer, WantedProvider wanted, CancellationToken cancellationToken)
    {
        var row = await db.Set<IdentityProvider>().SingleOrDefaultAsync(row => row.TenantId == organisation, cancellationToken);
        if ((row?.Version ?? 0) != wanted.Version)
        {
            return Refusal.Conflict("It changed meanwhile. Look at it again.");
        }

        var before = row is null ? null : Shown(row);
        if (row is null)
        {
            row = new IdentityProvider { TenantId = organisation };
            db.Add(row);
        }

        (row.Issuer, row.ClientId, row.IsOursAlone, row.IsEnabled, row.ChangedAt) = (issuer, wanted.ClientId.Trim(), wanted.IsOursAlone, wanted.IsEnabled, time.Now());
        if (wanted.Secret.Length > 0)
        {
            row.WrappedSecret = key.Wrap(Encoding.UTF8.GetBytes(wanted.Secret), IdentityProvider.Purpose(organisation));
        }

        row.Version++;
        audit.Record(organisation, "identity-provider.change", organisation, issuer, before, Shown(row));
        try
        {
            await db.SaveChangesAsync(cancellationToken);
            return null;
        }
        catch (DbUpdateException exception) when (exception is DbUpdateConcurrencyException || DuplicateRow.Is(exception))
        {
            return Refusal.Conflict("It changed meanwhile. Look at it again.");
        }
    }

    private static Refusal? Refuse(string issuer, WantedProvider wanted) =>
        issuer.Length > IdentityProviderMapping.LongestIssuer - 1 || !Uri.TryCreate(issuer, UriKind.Absolute, out var uri) || uri.Scheme != Uri.UriSchemeHttps || uri.UserInfo.Length > 0 || uri.Query.Length > 0 || uri.Fragment.Length > 0
            ? Refusal.Invalid("The issuer must be an https address without query, such as https://login.contoso.example.")
            : wanted.ClientId.Trim().Length is 0 or > IdentityProviderMapping.LongestClientId || wanted.Secret.Length > LongestSecret || wanted.ClientId.Any(char.IsControl)
                ? Refusal.Invalid($"The client id must have 1 to {IdentityProviderMapping.LongestClientId} characters, and the secret at most {LongestSecret}.")
                : null;

    private static object Shown(IdentityProvider row) => new { row.Issuer, row.ClientId, HasSecret = row.WrappedSecret is not null, row.IsOursAlone, row.IsEnabled };
}
