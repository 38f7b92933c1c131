using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Claims;
using System.Text;
using System.Text.Json;
using Deskward.Platform;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace Deskward.Identity.Providers;

/// <summary>What is sent to get a token for a code.</summary>
internal sealed record TokenRequest(string ClientId, string? Secret, string Code, string Verifier, string RedirectUri)
{
    /// <summary>Without the secrets.</summary>
    public override string ToString() => $"{nameof(TokenRequest)} {{ {nameof(ClientId)} = {ClientId} }}";
}

/// <summary>Gets the ID token and checks it (OpenID Connect Core 1.0, 3.1.3).</summary>
internal sealed class ProviderTokens(ProviderTransport transport, ProviderMetadata metadata, TimeProvider time, ILogger<ProviderTokens> log)
{
    private const int LongestSubject = 255;

    /// <summary>How far the provider's clock may be from ours.</summary>
    internal static readonly TimeSpan Skew = TimeSpan.FromMinutes(2);

    /// <summary>Only signatures with the provider's private key: what can be made with a shared secret, or with nothing, proves nothing.</summary>
    private static readonly string[] Algorithms = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"];

    private static readonly Refusal NotAccepted = ProviderSignIn.Refused("What the identity provider answered was not accepted.");

    /// <summary>The ID token for a code.</summary>
    internal async Task<Outcome<string>> ExchangeAsync(OpenIdConnectConfiguration provider, TokenRequest request, CancellationToken cancellationToken)
    {
        Dictionary<string, string> form = new()
        {
            ["grant_type"] = "authorization_code", ["code"] = request.Code, ["redirect_uri"] = request.RedirectUri, ["code_verifier"] = request.Verifier, ["client_id"] = request.ClientId,
        };
        using var message = new HttpRequestMessage(HttpMethod.Post, provider.TokenEndpoint);
        if (request.Secret is { } secret)
        {
            var byForm = provider.TokenEndpointAuthMethodsSupported.Contains("client_secret_post") && !provider.TokenEndpointAuthMethodsSupported.Contains("client_secret_basic");
            if (byForm)
            {
                form["client_secret"] = secret;
            }
            else
            {
                var pair = Uri.EscapeDataString(request.ClientId) + ":" + Uri.EscapeDataString(secret);
                message.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes(pair)));
            }
        }

        message.Content = new FormUrlEncodedContent(form);
        try
        {
            using var answer = await transport.Client.SendAsync(message, cancellationToken);
            using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(cancellationToken));
            return answer.IsSuccessStatusCode && json.RootElement.TryGetProperty("id_token", out var token) && token.GetString() is { Length: > 0 } text ? text : Refuse("code", answer.StatusCode.ToString());
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or JsonException or InvalidOperationException
            || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return Refuse("code", exception.GetType().Name);
        }
    }

    /// <summary>What the token says, if it is of this provider, for this client, for this question, and of now. A key that is not known is looked for anew, once.</summary>
    internal async Task<Outcome<ClaimsIdentity>> CheckAsync(string token, IdentityProvider provider, ProviderAsked asked, CancellationToken cancellationToken)
    {
        var result = await ValidateAsync(token, provider, anew: false, cancellationToken);
        if (result.Exception is SecurityTokenSignatureKeyNotFoundException or SecurityTokenInvalidSignatureException)
        {
            result = await ValidateAsync(token, provider, anew: true, cancellationToken);
        }

        if (!result.IsValid)
        {
            return Refuse("token", result.Exception?.GetType().Name ?? "");
        }

        var claims = result.ClaimsIdentity;
        var isOurs = claims.FindFirst("nonce")?.Value == asked.Nonce && claims.FindFirst("sub")?.Value is { Length: > 0 and <= LongestSubject }
            && (claims.FindFirst("azp")?.Value is { } party ? party == provider.ClientId : claims.FindAll("aud").Count() == 1);
        if (!isOurs)
        {
            return Refuse("token", "nonce, subject or party");
        }

        var isFresh = asked.Session is null || (long.TryParse(claims.FindFirst("auth_time")?.Value, CultureInfo.InvariantCulture, out var at) && DateTimeOffset.FromUnixTimeSeconds(at) >= asked.At - Skew);
        return isFresh ? claims : ProviderSignIn.Refused("The identity provider has not asked you again.");
    }

    private async Task<TokenValidationResult> ValidateAsync(string token, IdentityProvider provider, bool anew, CancellationToken cancellationToken)
    {
        var read = await metadata.ReadAsync(provider.Issuer, anew, cancellationToken);
        var now = time.Now();
        return await new JsonWebTokenHandler { MapInboundClaims = false }.ValidateTokenAsync(token, new TokenValidationParameters
        {
            ValidIssuer = provider.Issuer, ValidAudience = provider.ClientId, IssuerSigningKeys = read.Value?.SigningKeys ?? [], ValidAlgorithms = Algorithms, RequireExpirationTime = true, RequireSignedTokens = true,
            LifetimeValidator = (from, until, _, _) => until is { } end && Utc(end) > now - Skew && (from is not { } start || Utc(start) <= now + Skew),
        });
    }

    private static DateTimeOffset Utc(DateTime at) => new(DateTime.SpecifyKind(at, DateTimeKind.Utc));

    private Refusal Refuse(string what, string why)
    {
        IdentityLog.ProviderRefused(log, what, why);
        return NotAccepted;
    }
}
