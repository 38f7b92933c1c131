using System.Security.Cryptography;
using System.Text;
using Deskward.Platform;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Notices;

/// <summary>A link that was just made: the only time that its token is known.</summary>
public sealed record NewMailLink(Guid Id, string Path, DateTimeOffset ExpiresAt)
{
    /// <summary>Without the token: records are logged by accident.</summary>
    public override string ToString() => $"{nameof(NewMailLink)} {{ {nameof(Id)} = {Id} }}";
}

/// <summary>Whom an open link is for.</summary>
public sealed record OpenMailLink(Guid Id, Guid OrganisationId, Guid PersonId, DateTimeOffset ExpiresAt);

/// <summary>
/// One-time links in mails. Opening the page (GET) only looks with <see cref="FindAsync"/>; what the page posts spends the link with
/// <see cref="SpendAsync"/>. Mail programs that open links by themselves so change nothing.
/// </summary>
public sealed class MailLinks(DeskwardContext db, ServiceKey key, TimeProvider time)
{
    private const string HashPurpose = "mail-link";
    private const int TokenSize = 32;
    private const int LongestToken = 64;

    /// <summary>The query parameter that holds the token.</summary>
    public const string TokenName = "token";

    /// <summary>Makes a link; it is saved with the caller's changes.</summary>
    /// <param name="purpose">What it is for; must be given again to find it. At most 40 characters.</param>
    /// <param name="path">The page it opens, such as <c>/invitation</c>.</param>
    /// <param name="organisation">The person's organisation.</param>
    /// <param name="person">Whom it is for.</param>
    /// <param name="life">How long it can be used.</param>
    public NewMailLink Add(string purpose, string path, Guid organisation, Guid person, TimeSpan life)
    {
        var token = WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(TokenSize));
        var link = new MailLink { TokenHash = Hash(token), Purpose = purpose, OrganisationId = organisation, PersonId = person, ExpiresAt = time.Now() + life };
        db.Add(link);
        return new NewMailLink(link.Id, $"{path}?{TokenName}={token}", link.ExpiresAt);
    }

    /// <summary>Whom the link is for; null when it was used, revoked, has expired, or never was one. Changes nothing.</summary>
    public async Task<OpenMailLink?> FindAsync(string purpose, string token, CancellationToken cancellationToken)
    {
        if (token.Length is 0 or > LongestToken)
        {
            return null;
        }

        var hash = Hash(token);
        return await Open().Where(row => row.TokenHash == hash && row.Purpose == purpose)
            .Select(row => new OpenMailLink(row.Id, row.OrganisationId, row.PersonId, row.ExpiresAt)).SingleOrDefaultAsync(cancellationToken);
    }

    /// <summary>
    /// Uses the link up, in the caller's transaction: of two who try at once one succeeds, and when the transaction is rolled back the link stays
    /// open. Only a POST may call it.
    /// </summary>
    /// <returns>Whom it was for; NotFound when it is not open.</returns>
    public async Task<Outcome<OpenMailLink>> SpendAsync(string purpose, string token, CancellationToken cancellationToken)
    {
        if (db.Database.CurrentTransaction is null)
        {
            throw new InvalidOperationException("A link is spent in the transaction of what it allows.");
        }

        var now = time.Now();
        return await FindAsync(purpose, token, cancellationToken) is { } link
            && await Open().Where(row => row.Id == link.Id).ExecuteUpdateAsync(set => set.SetProperty(row => row.UsedAt, now), cancellationToken) == 1
            ? link
            : new Refusal(RefusalReason.NotFound, "This link was used already, has expired, or never was one.");
    }

    /// <summary>Ends the person's open links, at once and in the caller's transaction if there is one; those for one purpose, or all.</summary>
    public Task RevokeAsync(Guid person, string? purpose, CancellationToken cancellationToken)
    {
        var now = time.Now();
        return Open().Where(row => row.PersonId == person && (purpose == null || row.Purpose == purpose))
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.RevokedAt, now), cancellationToken);
    }

    /// <summary>Whether a link can still be used: a mail whose link has ended is not sent.</summary>
    internal Task<bool> IsOpenAsync(Guid id, CancellationToken cancellationToken) => Open().AnyAsync(row => row.Id == id, cancellationToken);

    private IQueryable<MailLink> Open()
    {
        var now = time.Now();
        return db.Set<MailLink>().Where(row => row.UsedAt == null && row.RevokedAt == null && row.ExpiresAt > now);
    }

    private byte[] Hash(string token) => key.Hash(Encoding.UTF8.GetBytes(token), HashPurpose);
}
