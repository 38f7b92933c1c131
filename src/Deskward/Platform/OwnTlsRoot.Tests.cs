using System.Security.Cryptography.X509Certificates;
using Xunit;

namespace Deskward.Platform;

public sealed class OwnTlsRootTests
{
    private readonly ServiceSettings _settings = new()
    {
        Data = Directory.CreateTempSubdirectory("deskward-tls-").FullName, PublicUrl = new("https://desk.example:8443"), ManagementUrl = new("https://manage.example:8444"),
    };

    [Fact]
    public void The_certificate_covers_both_urls_and_chains_to_the_root()
    {
        OwnTlsRoot.Entry(_settings, TimeProvider.System.Now());
        using var leaf = Read("server.pem");
        Assert.True(leaf.MatchesHostname("desk.example") && leaf.MatchesHostname("manage.example"));
        Assert.True(Chain(Read("root.pem")).Build(leaf));
    }

    [Fact]
    public void The_same_files_serve_the_next_start()
    {
        OwnTlsRoot.Entry(_settings, TimeProvider.System.Now());
        var before = Read("server.pem").Thumbprint;
        OwnTlsRoot.Entry(_settings, TimeProvider.System.Now());
        Assert.Equal(before, Read("server.pem").Thumbprint);
    }

    [Fact]
    public void A_certificate_about_to_expire_is_made_anew_under_the_same_root()
    {
        OwnTlsRoot.Entry(_settings, TimeProvider.System.Now());
        var (root, leaf) = (Read("root.pem").Thumbprint, Read("server.pem").Thumbprint);
        OwnTlsRoot.Entry(_settings, TimeProvider.System.Now().AddDays(380));
        Assert.Equal(root, Read("root.pem").Thumbprint);
        Assert.NotEqual(leaf, Read("server.pem").Thumbprint);
    }

    [Fact]
    public void A_new_name_gets_a_new_root_because_the_old_one_may_not_sign_for_it()
    {
        OwnTlsRoot.Entry(_settings, TimeProvider.System.Now());
        var root = Read("root.pem").Thumbprint;
        OwnTlsRoot.Entry(_settings with { PublicUrl = new("https://other.example") }, TimeProvider.System.Now());
        Assert.NotEqual(root, Read("root.pem").Thumbprint);
        Assert.True(Chain(Read("root.pem")).Build(Read("server.pem")));
    }

    private X509Certificate2 Read(string name) => X509CertificateLoader.LoadCertificateFromFile(Path.Combine(_settings.Data, "tls", name));

    private static X509Chain Chain(X509Certificate2 root) => new()
    {
        ChainPolicy = { TrustMode = X509ChainTrustMode.CustomRootTrust, CustomTrustStore = { root }, RevocationMode = X509RevocationMode.NoCheck },
    };
}
