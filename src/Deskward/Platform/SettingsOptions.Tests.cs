using System.CommandLine;
using Xunit;

namespace Deskward.Platform;

public sealed class SettingsOptionsTests
{
    [Theory]
    [InlineData("--public-url", "http://a.example", "https URL")]
    [InlineData("--public-url", "https://a.example/path", "without a path")]
    [InlineData("--management-url", "https://localhost:8443", "must differ")]
    [InlineData("--listen", "nowhere", "ADDRESS:PORT")]
    [InlineData("--trusted-proxies", "10.0.0.0/99", "networks")]
    [InlineData("--database", "nonsense", "connection string")]
    [InlineData("--database", "Hots=db;Password=secret", "connection string")]
    [InlineData("--owner-database", "Username=deskward_owner", "names no server")]
    [InlineData("--identity-provider-root", "/does/not/exist.pem", "does not exist")]
    [InlineData("--tls-certificate", "/does/not/exist.pem", "does not exist")]
    public void A_wrong_setting_is_refused_with_its_name(string option, string value, string said)
    {
        var refusal = Read(option, value).Refusal;
        Assert.NotNull(refusal);
        Assert.Contains(said, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_options_the_defaults_hold()
    {
        var settings = Read().Value!;
        Assert.True(settings.IsSqlite);
        Assert.Equal(("./.data", 8443, 8444), (settings.Data, settings.PublicUrl.Port, settings.ManagementUrl.Port));
        Assert.False(settings.AllowMd5);
    }

    [Fact]
    public void Proxies_may_be_networks_or_single_addresses()
    {
        var settings = Read("--trusted-proxies", "10.0.0.0/8,192.0.2.7", "--trusted-proxies", "2001:db8::/32").Value!;
        Assert.Equal(["10.0.0.0/8", "192.0.2.7/32", "2001:db8::/32"], settings.TrustedProxies.Select(network => network.ToString()));
    }

    [Theory]
    [InlineData("needs --mail-from", "--smtp-host", "mail.example")]
    [InlineData("needs --mail-from", "--smtp-host", "mail.example", "--mail-from", "Desk <desk@a.example>")]
    [InlineData("must be a port", "--smtp-host", "mail.example", "--mail-from", "desk@a.example", "--smtp-port", "70000")]
    [InlineData("starttls, tls or none", "--smtp-host", "mail.example", "--mail-from", "desk@a.example", "--smtp-security", "ssl")]
    [InlineData("belong together", "--smtp-host", "mail.example", "--mail-from", "desk@a.example", "--smtp-user", "desk")]
    [InlineData("not sent in the clear", "--smtp-host", "mail.example", "--mail-from", "desk@a.example", "--smtp-user", "desk", "--smtp-password", "x", "--smtp-security", "none")]
    [InlineData("does not exist", "--smtp-host", "mail.example", "--mail-from", "desk@a.example", "--smtp-root", "/does/not/exist.pem")]
    [InlineData("a host's name", "--smtp-host", "mail example", "--mail-from", "desk@a.example")]
    public void A_wrong_mail_server_is_refused_with_the_reason(string said, params string[] arguments) =>
        Assert.Contains(said, Read(arguments).Refusal!.Message, StringComparison.Ordinal);

    [Fact]
    public void A_mail_server_never_tells_its_password()
    {
        Assert.Null(Read().Value!.Mail);
        var settings = Read("--smtp-host", "mail.example", "--mail-from", "desk@a.example", "--smtp-user", "desk", "--smtp-password", "hunter2").Value!;
        Assert.Equal((587, MailSecurity.StartTls, "hunter2"), (settings.Mail!.Port, settings.Mail.Security, settings.Mail.Password));
        Assert.DoesNotContain("hunter2", settings.ToString(), StringComparison.Ordinal);
    }

    private static Outcome<ServiceSettings> Read(params string[] arguments)
    {
        var options = new SettingsOptions();
        var verb = new Command("test");
        options.AddTo(verb);
        return options.Read(verb.Parse(arguments));
    }
}
