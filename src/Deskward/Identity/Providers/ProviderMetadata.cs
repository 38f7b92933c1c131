using System.Collections.Concurrent;
using Deskward.Platform;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace Deskward.Identity.Providers;

/// <summary>What identity providers publish about themselves, and their keys: kept for an hour, and read anew when a key is not among them.</summary>
internal sealed class ProviderMetadata(ProviderTransport transport, TimeProvider time)
{
    private const int MostKept = 1000;
    private static readonly TimeSpan KeptFor = TimeSpan.FromHours(1);

    /// <summary>How soon it is read again because of an unknown key: a stranger's token is no reason to bother a provider more often.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, Kept> _kept = [];

    /// <summary>The metadata of an issuer; refused when it cannot be read, or is not what OpenID Connect Discovery 1.0 (4.3) asks for.</summary>
    /// <param name="issuer">As the provider writes it itself.</param>
    /// <param name="anew">A key was not among the kept ones.</param>
    /// <param name="cancellationToken">Cancels the work.</param>
    internal async Task<Outcome<OpenIdConnectConfiguration>> ReadAsync(string issuer, bool anew, CancellationToken cancellationToken)
    {
        var now = time.Now();
        if (_kept.TryGetValue(issuer, out var kept) && now - kept.At < (anew ? Rest : KeptFor))
        {
            return kept.Metadata;
        }

        var read = await FetchAsync(issuer, cancellationToken);
        if (!read.IsRefused)
        {
            if (_kept.Count >= MostKept)
            {
                _kept.Clear();
            }

            _kept[issuer] = new Kept(read.Value, now);
        }

        return read;
    }

    private async Task<Outcome<OpenIdConnectConfiguration>> FetchAsync(string issuer, CancellationToken cancellationToken)
    {
        try
        {
            var address = issuer.TrimEnd('/') + "/.well-known/openid-configuration";
            var metadata = await OpenIdConnectConfigurationRetriever.GetAsync(address, new HttpDocumentRetriever(transport.Client), cancellationToken);
            return !string.Equals(metadata.Issuer, issuer, StringComparison.Ordinal) ? Refusal.Invalid($"The identity provider calls itself '{metadata.Issuer}'.")
                : !IsHttps(metadata.AuthorizationEndpoint) || !IsHttps(metadata.TokenEndpoint) || metadata.SigningKeys.Count == 0 ? Refusal.Invalid("The identity provider does not publish all that is needed.")
                : metadata;
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or InvalidOperationException or ArgumentException
            || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return new Refusal(RefusalReason.Unavailable, "The identity provider cannot be reached, or does not answer as OpenID Connect asks.");
        }
    }

    private static bool IsHttps(string? address) => Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttps;

    private sealed record Kept(OpenIdConnectConfiguration Metadata, DateTimeOffset At);
}
