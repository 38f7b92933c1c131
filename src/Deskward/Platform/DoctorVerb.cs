using Deskward.Platform.Duties;
using System.CommandLine;
using System.Globalization;
using Npgsql;

namespace Deskward.Platform;

/// <summary><c>deskward doctor</c>: prints the effective settings, secrets hidden, and checks configuration, database and what modules add.</summary>
[Serves("platform.operation", DutyAction.Act)]
internal static class DoctorVerb
{
    internal static Command Create() => Verb.WithSettings("doctor", "Checks configuration and database; exit code 1 when something is wrong.", async (settings, cancellationToken) =>
    {
        foreach (var (name, value) in Effective(settings))
        {
            await Console.Out.WriteLineAsync($"{name,-22} {value}");
        }

        await Console.Out.WriteLineAsync();
        var findings = await Findings.CollectAsync(settings, TimeProvider.System.Now(), cancellationToken);
        await using var services = Verb.Services(settings);
        foreach (var check in services.GetServices<DoctorCheck>())
        {
            findings.AddRange(await check(settings, cancellationToken));
        }

        foreach (var finding in findings)
        {
            await Console.Out.WriteLineAsync($"{Mark(finding.Gravity),-7} {finding.Text}");
        }

        return findings.Exists(finding => finding.Gravity == Gravity.Wrong) ? 1 : 0;
    });

    private static string Mark(Gravity gravity) => gravity switch
    {
        Gravity.Good => "good",
        Gravity.Advice => "advice",
        Gravity.Wrong => "WRONG",
    };

    private static IEnumerable<(string Name, string Value)> Effective(ServiceSettings settings) =>
    [
        ("data", Path.GetFullPath(settings.Data)),
        ("database", settings.IsSqlite ? $"SQLite {Path.GetFullPath(settings.SqlitePath)}" : Hide(settings.Database)),
        ("owner-database", settings.OwnerDatabase is { } owner ? Hide(owner) : "(none)"),
        ("public-url", settings.PublicUrl.GetLeftPart(UriPartial.Authority)),
        ("management-url", settings.ManagementUrl.GetLeftPart(UriPartial.Authority)),
        ("listen", settings.Listen?.ToString() ?? "(as public-url)"),
        ("listen-management", settings.ListenManagement?.ToString() ?? "(as management-url)"),
        ("tls-certificate", settings.TlsCertificates.Count == 0 ? "(own TLS root)" : string.Join(", ", settings.TlsCertificates.Select(file => file.Certificate))),
        ("key-file", Path.GetFullPath(settings.KeyPath)),
        ("trusted-proxies", settings.TrustedProxies.Count == 0 ? "(none)" : string.Join(", ", settings.TrustedProxies)),
        ("allow-md5", settings.AllowMd5 ? "yes" : "no"),
        ("identity-provider-root", settings.IdentityProviderRoot ?? "(as the system trusts)"),
        ("internal-identity-providers", settings.InternalIdentityProviders ? "yes" : "no"),
        ("dns-server", settings.DnsServer?.ToString() ?? "(the machine's)"),
        .. settings.Mail is { } mail ? Effective(mail) : [("smtp-host", "(none: no mail is sent)")],
    ];

    private static IEnumerable<(string Name, string Value)> Effective(MailServer mail) =>
    [
        ("smtp-host", mail.Host),
        ("smtp-port", mail.Port.ToString(CultureInfo.InvariantCulture)),
        ("smtp-security", mail.Security.ToString().ToLowerInvariant()),
        ("smtp-root", mail.RootFile ?? "(as the system trusts)"),
        ("smtp-user", mail.User ?? "(none)"),
        ("smtp-password", mail.Password is null ? "(none)" : "***"),
        ("mail-from", mail.From),
    ];

    private static string Hide(string connection)
    {
        var builder = new NpgsqlConnectionStringBuilder(connection);
        builder.Password = builder.Password is null ? null : "***";
        builder.SslPassword = builder.SslPassword is null ? null : "***";
        return builder.ConnectionString;
    }
}
