using Deskward.Fixture;
using Deskward.Platform;
using Xunit;

namespace Deskward.Notices;

public sealed class MailServerCheckTests
{
    [Theory]
    [InlineData(MailSecurity.StartTls)]
    [InlineData(MailSecurity.Tls)]
    [InlineData(MailSecurity.None)]
    public async Task A_server_that_answers_is_good(MailSecurity security)
    {
        await using var host = MailHost.Start(security);
        Assert.Equal(Gravity.Good, (await FindAsync(host.Settings)).Gravity);
    }

    [Fact]
    public async Task Without_a_server_there_is_advice() => Assert.Contains("--smtp-host", (await FindAsync(null)).Text, StringComparison.Ordinal);

    [Fact]
    public async Task A_wrong_password_is_told_and_not_shown()
    {
        await using var host = MailHost.Start();
        var finding = await FindAsync(host.Settings with { Password = "hunter2-hunter2" });
        Assert.Equal(Gravity.Advice, finding.Gravity);
        Assert.DoesNotContain("hunter2", finding.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_that_nobody_vouches_for_is_refused()
    {
        await using var host = MailHost.Start();
        Assert.Contains("certificate", (await FindAsync(host.Settings with { RootFile = null })).Text, StringComparison.Ordinal);
        Assert.Contains("certificate", (await FindAsync(host.Settings with { Host = "127.0.0.1" })).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_without_TLS_is_not_used_where_TLS_is_asked_for()
    {
        await using var host = MailHost.Start(MailSecurity.None);
        Assert.Equal(Gravity.Advice, (await FindAsync(host.Settings with { Security = MailSecurity.StartTls })).Gravity);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_named() =>
        Assert.Contains("localhost:1 cannot be used", (await FindAsync(new MailServer { Host = "localhost", Port = 1, From = "desk@northwind.example" })).Text, StringComparison.Ordinal);

    private static async Task<Finding> FindAsync(MailServer? server) =>
        Assert.Single(await MailServerCheck.RunAsync(new ServiceSettings { Mail = server }, TestContext.Current.CancellationToken));
}
