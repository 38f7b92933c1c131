using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Deskward.Platform;
using Deskward.Tenants;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Identity.Providers;

/// <summary>What an identity provider has said of somebody, checked.</summary>
/// <param name="Organisation">For which organisation it counts.</param>
/// <param name="Issuer">The provider.</param>
/// <param name="Claims">What the token says.</param>
/// <param name="Asked">What was asked.</param>
internal sealed record ProviderAnswer(Guid Organisation, string Issuer, ClaimsIdentity Claims, ProviderAsked Asked)
{
    internal string Subject => Claims.FindFirst("sub")!.Value;
}

/// <summary>
/// Authorisation code flow with PKCE (OpenID Connect Core 1.0, 3.1; RFC 7636; RFC 9207) with the identity provider of one organisation.
/// </summary>
internal sealed class ProviderSignIn(
    DeskwardContext db, TenantScope scope, ServiceKey key, ServiceSettings settings, ProviderCookies cookies, ProviderMetadata metadata, ProviderTokens tokens)
{
    internal const string CallbackPath = "/sign-in/provider";

    /// <summary>The enabled provider of the organisation that an address belongs to; null when there is none. Opens that organisation.</summary>
    internal async Task<IdentityProvider?> ForAddressAsync(string address, CancellationToken cancellationToken)
    {
        return await TenantLookup.DomainAsync(db, OrganisationDomain.Of(address) ?? "", cancellationToken) is { } found ? await OfAsync(found.TenantId, cancellationToken) : null;
    }

    /// <summary>The enabled provider of an organisation; null when there is none. Opens the organisation.</summary>
    internal async Task<IdentityProvider?> OfAsync(Guid organisation, CancellationToken cancellationToken)
    {
        scope.Open(organisation);
        return await db.Set<IdentityProvider>().AsNoTracking().SingleOrDefaultAsync(row => row.TenantId == organisation && row.IsEnabled, cancellationToken);
    }

    /// <summary>Where the browser goes to be asked by the provider; what was asked is kept in the browser.</summary>
    /// <param name="http">The request; its answer carries the cookie.</param>
    /// <param name="provider">The provider.</param>
    /// <param name="hint">The address that was typed.</param>
    /// <param name="back">Where the person goes afterwards.</param>
    /// <param name="session">The session in which somebody proves again who they are; null: somebody signs in.</param>
    /// <param name="cancellationToken">Cancels the work.</param>
    internal async Task<Outcome<Uri>> BeginAsync(HttpContext http, IdentityProvider provider, string hint, string back, Guid? session, CancellationToken cancellationToken)
    {
        var read = await metadata.ReadAsync(provider.Issuer, anew: false, cancellationToken);
        if (read.IsRefused)
        {
            return read.Refusal;
        }

        var asked = cookies.Begin(http, provider, back, session);
        Dictionary<string, string?> query = new()
        {
            ["response_type"] = "code", ["client_id"] = provider.ClientId, ["redirect_uri"] = RedirectUri, ["scope"] = "openid profile email", ["state"] = asked.State, ["nonce"] = asked.Nonce,
            ["code_challenge"] = WebEncoders.Base64UrlEncode(SHA256.HashData(Encoding.ASCII.GetBytes(asked.Verifier))), ["code_challenge_method"] = "S256", ["login_hint"] = hint,
        };
        if (session is not null)
        {
            (query["prompt"], query["max_age"]) = ("login", "0");
        }

        return new Uri(QueryHelpers.AddQueryString(read.Value.AuthorizationEndpoint, query));
    }

    /// <summary>
    /// What the provider answered through the browser. 1. The browser is the one that was sent, and has not come back before. 2. The answer is of the provider
    /// that was asked, and that one is still the organisation's. 3. The code is exchanged for a token. 4. The token is checked.
    /// </summary>
    internal async Task<Outcome<ProviderAnswer>> FinishAsync(HttpContext http, CancellationToken cancellationToken)
    {
        var query = http.Request.Query;
        if (cookies.Take(http) is not { } asked
            || !CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(asked.State), Encoding.UTF8.GetBytes(query["state"].ToString()))) // 1
        {
            return Refused("This sign-in was begun elsewhere, too long ago, or is over already. Begin again.");
        }

        if (await OfAsync(asked.Organisation, cancellationToken) is not { } provider || provider.Issuer != asked.Issuer) // 2
        {
            return Refused("The identity provider was changed meanwhile. Begin again.");
        }

        var read = await metadata.ReadAsync(provider.Issuer, anew: false, cancellationToken);
        if (read.IsRefused)
        {
            return read.Refusal;
        }

        if (query.TryGetValue("iss", out var issuer) ? issuer != provider.Issuer : read.Value.AuthorizationResponseIssParameterSupported) // a promise (RFC 9207, 3)
        {
            return Refused("The answer is of another identity provider than the one that was asked.");
        }

        if (query["error"].ToString().Length > 0 || query["code"].ToString() is not { Length: > 0 and < 8192 } code)
        {
            return Refused("The identity provider did not sign you in.");
        }

        var secret = provider.WrappedSecret is { } wrapped ? Encoding.UTF8.GetString(key.Unwrap(wrapped, IdentityProvider.Purpose(provider.TenantId))) : null;
        var token = await tokens.ExchangeAsync(read.Value, new TokenRequest(provider.ClientId, secret, code, asked.Verifier, RedirectUri), cancellationToken); // 3
        if (token.IsRefused)
        {
            return token.Refusal;
        }

        var claims = await tokens.CheckAsync(token.Value, provider, asked, cancellationToken); // 4
        return claims.IsRefused ? claims.Refusal : new ProviderAnswer(provider.TenantId, provider.Issuer, claims.Value, asked);
    }

    internal static Refusal Refused(string why) => new(RefusalReason.NotAuthenticated, why);

    private string RedirectUri => settings.PublicUrl.GetLeftPart(UriPartial.Authority) + CallbackPath;
}
