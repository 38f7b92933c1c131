using System.Security.Cryptography;
using System.Text.Json;
using Deskward.Platform;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.WebUtilities;

namespace Deskward.Identity.Providers;

/// <summary>What was asked of an identity provider; kept, sealed, in the browser that was sent there until it comes back.</summary>
/// <param name="Organisation">Whose provider it is: an answer counts for this organisation alone.</param>
/// <param name="Issuer">The provider as it was set up then.</param>
/// <param name="State">Ties the answer to this browser.</param>
/// <param name="Nonce">Ties the token to this question.</param>
/// <param name="Verifier">Ties the code to this browser (RFC 7636).</param>
/// <param name="Back">Where the person goes afterwards.</param>
internal sealed record ProviderAsked(Guid Organisation, string Issuer, string State, string Nonce, string Verifier, string Back)
{
    /// <summary>The session in which somebody proves again who they are; null: somebody signs in.</summary>
    public Guid? Session { get; init; }

    /// <summary>When it was asked.</summary>
    public DateTimeOffset At { get; init; }
}

/// <summary>Keeps what was asked in the browser: sealed, for minutes, for one answer.</summary>
internal sealed class ProviderCookies(IDataProtectionProvider protection, TimeProvider time)
{
    private const string Name = "__Host-deskward.provider";
    private const string Purpose = "identity-provider-asked";
    private static readonly TimeSpan AnswerTime = TimeSpan.FromMinutes(10);

    /// <summary>A new question, kept in the browser. Lax, because the answer comes by a link from the provider.</summary>
    internal ProviderAsked Begin(HttpContext http, IdentityProvider provider, string back, Guid? session)
    {
        var asked = new ProviderAsked(provider.TenantId, provider.Issuer, NewSecret(), NewSecret(), NewSecret(), back) { Session = session, At = time.Now() };
        http.Response.Cookies.Append(
            Name, protection.CreateProtector(Purpose).Protect(JsonSerializer.Serialize(asked)),
            new CookieOptions { HttpOnly = true, Secure = true, SameSite = SameSiteMode.Lax, Path = "/", MaxAge = AnswerTime, IsEssential = true });
        return asked;
    }

    /// <summary>Takes the question out of the browser: it is good for one answer. Null when there is none, or it is too old.</summary>
    internal ProviderAsked? Take(HttpContext http)
    {
        if (http.Request.Cookies[Name] is not { Length: > 0 } kept)
        {
            return null;
        }

        http.Response.Cookies.Delete(Name, new CookieOptions { Secure = true, Path = "/" });
        try
        {
            var asked = JsonSerializer.Deserialize<ProviderAsked>(protection.CreateProtector(Purpose).Unprotect(kept));
            return asked is not null && asked.At + AnswerTime > time.Now() ? asked : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private static string NewSecret() => WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(32));
}
