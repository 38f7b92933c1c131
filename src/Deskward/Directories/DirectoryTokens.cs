using System.Security.Cryptography;
using System.Text;
using Deskward.Audit;
using Deskward.Platform;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Directories;

/// <summary>A token that was just made: the only time that its text is known.</summary>
public sealed record NewDirectoryToken(Guid Id, string Token, DateTimeOffset ExpiresAt)
{
    /// <summary>Without the token: records are logged by accident.</summary>
    public override string ToString() => $"{nameof(NewDirectoryToken)} {{ {nameof(Id)} = {Id} }}";
}

/// <summary>Makes and revokes the tokens of directories, and recognises them.</summary>
internal sealed class DirectoryTokens(DeskwardContext db, ServiceKey key, AuditTrail audit, TenantScope scope, TimeProvider time)
{
    internal const int LongestName = 100;
    internal const int LongestLifeInDays = 730;

    /// <summary>Tokens that hold at once: an old one and a new one, for each of a few directories.</summary>
    internal const int MostOpen = 10;

    private const string Purpose = "directory-token";
    private const string Prefix = "deskward-scim-";
    private const int LongestText = 200;
    private static readonly TimeSpan UseIsToldEvery = TimeSpan.FromMinutes(1);

    /// <summary>Makes a token for an organisation, which must be open. Saves.</summary>
    internal async Task<Outcome<NewDirectoryToken>> CreateAsync(Guid tenant, string name, int days, CancellationToken cancellationToken)
    {
        name = name.Trim();
        if (name.Length is 0 or > LongestName || name.Any(char.IsControl))
        {
            return Refusal.Invalid($"The name must have 1 to {LongestName} characters, none of them a control character.");
        }

        if (days is < 1 or > LongestLifeInDays)
        {
            return Refusal.Invalid($"A token lives 1 to {LongestLifeInDays} days.");
        }

        var now = time.Now();
        if (await db.Set<DirectoryToken>().CountAsync(row => row.TenantId == tenant && row.RevokedAt == null && row.ExpiresAt > now, cancellationToken) >= MostOpen)
        {
            return Refusal.Conflict($"There are {MostOpen} tokens that hold already; revoke one first.");
        }

        var text = Prefix + WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(32));
        var token = new DirectoryToken { TenantId = tenant, Name = name, TokenHash = Hash(text), CreatedBy = audit.Actor.Name, CreatedAt = now, ExpiresAt = now + TimeSpan.FromDays(days) };
        db.Add(token);
        audit.Record(tenant, "directoryToken.add", token.Id, name, after: new { token.ExpiresAt });
        await db.SaveChangesAsync(cancellationToken);
        return new NewDirectoryToken(token.Id, text, token.ExpiresAt);
    }

    /// <summary>Revokes a token of an open organisation; it is refused from the commit on, on every node. Saves. Revoking again changes nothing.</summary>
    internal async Task<Refusal?> RevokeAsync(Guid id, CancellationToken cancellationToken)
    {
        if (await db.Set<DirectoryToken>().SingleOrDefaultAsync(row => row.Id == id, cancellationToken) is not { } token)
        {
            return Refusal.NotFound("token");
        }

        if (token.RevokedAt is null)
        {
            token.RevokedAt = time.Now();
            audit.Record(token.TenantId, "directoryToken.revoke", id, token.Name, after: new { token.RevokedAt });
            await db.SaveChangesAsync(cancellationToken);
        }

        return null;
    }

    /// <summary>The tokens of an organisation, newest first.</summary>
    internal Task<List<DirectoryToken>> ListAsync(Guid tenant, CancellationToken cancellationToken) =>
        db.Set<DirectoryToken>().AsNoTracking().Where(row => row.TenantId == tenant).OrderByDescending(row => row.CreatedAt).Take(100).ToListAsync(cancellationToken);

    /// <summary>
    /// Whose request this is: opens the organisation of the token, and that alone, and names the token as who acts. One hash and one look-up, whatever
    /// was sent.
    /// </summary>
    /// <returns>The organisation; null when there is no such token, or it holds no more. Nothing is open then.</returns>
    internal async Task<Guid?> RecogniseAsync(string? sent, CancellationToken cancellationToken)
    {
        var text = sent is { Length: <= LongestText } ? sent : "";
        var found = await TenantLookup.DirectoryTokenAsync(db, Hash(text), cancellationToken);
        var now = time.Now();
        if (found is null || Instants.OfMicroseconds(found.Expires) <= now)
        {
            return null;
        }

        scope.Open(found.TenantId);
        audit.Actor = new Actor(ActorKind.Program, found.Id, found.Name);
        if (found.Used is not { } used || now - Instants.OfMicroseconds(used) >= UseIsToldEvery)
        {
            await db.Set<DirectoryToken>().Where(row => row.Id == found.Id).ExecuteUpdateAsync(set => set.SetProperty(row => row.LastUsedAt, now), cancellationToken);
        }

        return found.TenantId;
    }

    private byte[] Hash(string text) => key.Hash(Encoding.UTF8.GetBytes(text), Purpose);
}
