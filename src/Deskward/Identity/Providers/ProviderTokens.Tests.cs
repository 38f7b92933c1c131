using Deskward.Fixture;
using Deskward.Platform;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Tokens;
using Xunit;

namespace Deskward.Identity.Providers;

/// <summary>Tokens with the provider's real key that are not what was asked for.</summary>
public sealed class ProviderTokensTests(ProviderGrounds grounds) : IClassFixture<ProviderGrounds>
{
    private const string Nonce = "n-1";

    [Fact]
    public async Task The_token_that_was_asked_for_is_taken() => Assert.Null(await CheckAsync((_, _) => { }));

    [Theory]
    [InlineData("nonce", "another")]
    [InlineData("nonce", null)]
    [InlineData("sub", null)]
    [InlineData("sub", "")]
    [InlineData("azp", "somebody-else")]
    public async Task A_token_that_says_something_else_is_refused(string claim, string? value) => Assert.NotNull(await CheckAsync((claims, _) =>
    {
        claims.Remove(claim);
        if (value is not null)
        {
            claims[claim] = value;
        }
    }));

    [Fact]
    public async Task A_token_of_another_issuer_is_refused() => Assert.NotNull(await CheckAsync((_, token) => token.Issuer = "https://evil.example/"));

    [Fact]
    public async Task A_token_for_another_client_is_refused() => Assert.NotNull(await CheckAsync((_, token) => token.Audience = "somebody-else"));

    [Theory]
    [InlineData(-100, true)] // Not nearer: the test's own clock goes on.
    [InlineData(-121, false)]
    [InlineData(300, true)]
    public async Task Clocks_may_differ_by_two_minutes(int expires, bool right) =>
        Assert.Equal(right, await CheckAsync((_, token) => (token.IssuedAt, token.NotBefore, token.Expires) = (Now.AddMinutes(-10), Now.AddMinutes(-10), Now.AddSeconds(expires))) is null);

    [Theory]
    [InlineData(119, true)]
    [InlineData(140, false)]
    public async Task A_token_of_the_future_is_refused(int begins, bool right) =>
        Assert.Equal(right, await CheckAsync((_, token) => (token.NotBefore, token.Expires) = (Now.AddSeconds(begins), Now.AddMinutes(10))) is null);

    [Fact]
    public async Task A_token_that_never_expires_is_refused() => Assert.NotNull(await CheckAsync((_, token) => token.Expires = null));

    [Fact]
    public async Task A_signature_with_a_key_that_is_not_published_is_refused() => Assert.NotNull(await CheckAsync((_, _) => { }, OpenIdHost.NewKey()));

    [Fact]
    public async Task A_signature_with_the_shared_secret_is_refused() =>
        Assert.NotNull(await CheckAsync((_, _) => { }, new SigningCredentials(new SymmetricSecurityKey(System.Text.Encoding.UTF8.GetBytes(OpenIdHost.Secret.PadRight(64, 'x'))), SecurityAlgorithms.HmacSha256)));

    [Fact]
    public async Task Without_a_signature_a_token_is_refused()
    {
        var ground = await grounds.OnAsync(Engine.Sqlite);
        var parts = ground.Host.Sign((claims, _) => claims["nonce"] = Nonce).Split('.');
        var bare = Base64UrlEncoder.Encode("""{"alg":"none","typ":"JWT"}""") + "." + parts[1] + ".";
        Assert.NotNull((await CheckAsync(ground, bare)).Refusal);
    }

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("10.1.2.3", true)]
    [InlineData("169.254.169.254", true)]
    [InlineData("::1", true)]
    [InlineData("::ffff:192.168.1.1", true)]
    [InlineData("fd00::1", true)]
    [InlineData("192.0.2.1", false)]
    [InlineData("2606:4700::1", false)]
    public void Addresses_inside_are_known(string address, bool inside) => Assert.Equal(inside, ProviderTransport.IsInside(System.Net.IPAddress.Parse(address)));

    [Fact]
    public async Task A_provider_inside_is_not_reached_unless_the_operator_allows_it()
    {
        var ground = await grounds.OnAsync(Engine.Sqlite);
        using var transport = new ProviderTransport(ground.Service.Settings with { InternalIdentityProviders = false });
        var read = await new ProviderMetadata(transport, TimeProvider.System).ReadAsync(ground.Host.Issuer, false, TestContext.Current.CancellationToken);
        Assert.Equal(RefusalReason.Unavailable, read.Refusal?.Reason);
    }

    private static DateTime Now => TimeProvider.System.GetUtcNow().UtcDateTime;

    private async Task<Refusal?> CheckAsync(Action<Dictionary<string, object>, SecurityTokenDescriptor> change, SigningCredentials? key = null)
    {
        var ground = await grounds.OnAsync(Engine.Sqlite);
        return (await CheckAsync(ground, ground.Host.Sign((claims, token) =>
        {
            claims["nonce"] = Nonce;
            change(claims, token);
        }, key))).Refusal;
    }

    private static Task<Outcome<System.Security.Claims.ClaimsIdentity>> CheckAsync(ProviderGround ground, string token) => ground.Service.Provider.GetRequiredService<ProviderTokens>().CheckAsync(
        token, new IdentityProvider { Issuer = ground.Host.Issuer, ClientId = OpenIdHost.ClientId }, new ProviderAsked(Guid.Empty, ground.Host.Issuer, "s", Nonce, "v", "/"), CancellationToken.None);
}
