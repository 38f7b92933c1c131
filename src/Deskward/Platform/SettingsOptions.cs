using System.CommandLine;
using System.Net;
using Npgsql;

namespace Deskward.Platform;

/// <summary>
/// The settings as options of each verb that needs them; what is not given as an option comes from configuration (<c>Deskward</c> section of
/// appsettings.json, environment variables such as <c>DESKWARD_PUBLIC_URL</c>), then from the default.
/// </summary>
internal sealed class SettingsOptions
{
    private const string ExampleConnection = "\"Host=db;Database=deskward;Username=deskward;Password=...\"";
    private readonly Option<string?> _data = new("--data") { Description = "Folder of everything this node keeps (default ./.data)", HelpName = "DIR" };
    private readonly Option<string?> _database = new("--database") { Description = "Npgsql connection string of the service role; empty: SQLite in the data folder" };
    private readonly Option<string?> _ownerDatabase = new("--owner-database") { Description = "Npgsql connection string of the schema's owner (migrate, backup, restore)" };
    private readonly Option<string?> _publicUrl = new("--public-url") { Description = "Where people, programs and enrolment reach the service (default https://localhost:8443)" };
    private readonly Option<string?> _managementUrl = new("--management-url") { Description = "Where managed PCs reach the service (default https://localhost:8444)" };
    private readonly Option<string?> _listen = new("--listen") { Description = "ADDRESS:PORT of the public listener, where it differs from the URL" };
    private readonly Option<string?> _listenManagement = new("--listen-management") { Description = "ADDRESS:PORT of the management listener, where it differs from the URL" };
    private readonly Option<string[]> _certificates = new("--tls-certificate") { Description = "PEM chain of a server certificate; may repeat, chosen by SNI", HelpName = "FILE" };
    private readonly Option<string[]> _keys = new("--tls-key") { Description = "PEM key of the certificate at the same place, where it is not in its file", HelpName = "FILE" };
    private readonly Option<string?> _keyFile = new("--key-file") { Description = "The service key (default DIR/service.key, made when absent)", HelpName = "FILE" };
    private readonly Option<string[]> _proxies = new("--trusted-proxies") { Description = "Networks of proxies whose headers are believed; may repeat", HelpName = "CIDR" };
    private readonly Option<bool> _allowMd5 = new("--allow-md5") { Description = "Accept the MD5 digest as the only proof of a PC's identity (not recommended)" };
    private readonly Option<string?> _providerRoot = new("--identity-provider-root") { Description = "PEM root by which identity providers are trusted, where the system does not trust them", HelpName = "FILE" };
    private readonly Option<bool> _internalProviders = new("--internal-identity-providers") { Description = "Identity providers may lie inside your own network; customers name their addresses" };
    private readonly Option<string?> _dns = new("--dns-server") { Description = "ADDRESS:PORT of the DNS server that is asked for proofs of domains (default: the machine's)" };
    private readonly MailOptions _mail = new();

    internal void AddTo(Command verb)
    {
        foreach (var option in new Option[] { _data, _database, _ownerDatabase, _publicUrl, _managementUrl, _listen, _listenManagement, _certificates, _keys, _keyFile, _proxies, _allowMd5, _providerRoot, _internalProviders, _dns }.Concat(_mail.All))
        {
            verb.Add(option);
        }
    }

    /// <summary>The settings, or the first thing that is wrong with them.</summary>
    internal Outcome<ServiceSettings> Read(ParseResult result)
    {
        var configuration = new ConfigurationBuilder().AddJsonFile("appsettings.json", optional: true).AddEnvironmentVariables("DESKWARD_").Build();
        try
        {
            return Parse(new Source(result, configuration));
        }
        catch (FormatException exception)
        {
            return Refusal.Invalid(exception.Message);
        }
    }

    private ServiceSettings Parse(Source source)
    {
        var defaults = new ServiceSettings();
        var settings = defaults with
        {
            Data = source.Text(_data) ?? defaults.Data,
            Database = Connection(source.Text(_database), "--database") ?? "",
            OwnerDatabase = Connection(source.Text(_ownerDatabase), "--owner-database"),
            PublicUrl = Url(source.Text(_publicUrl), "--public-url") ?? defaults.PublicUrl,
            ManagementUrl = Url(source.Text(_managementUrl), "--management-url") ?? defaults.ManagementUrl,
            Listen = EndPoint(source.Text(_listen), "--listen"),
            ListenManagement = EndPoint(source.Text(_listenManagement), "--listen-management"),
            TlsCertificates = Certificates(source.Texts(_certificates), source.Texts(_keys)),
            KeyFile = source.Text(_keyFile),
            TrustedProxies = [.. source.Texts(_proxies).SelectMany(text => text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).Select(Network)],
            AllowMd5 = source.Flag(_allowMd5),
            IdentityProviderRoot = Existing(source.Text(_providerRoot), "--identity-provider-root"),
            InternalIdentityProviders = source.Flag(_internalProviders),
            DnsServer = EndPoint(source.Text(_dns), "--dns-server"),
            Mail = _mail.Read(source.Text),
        };
        return settings.PublicUrl.Authority.Equals(settings.ManagementUrl.Authority, StringComparison.OrdinalIgnoreCase)
            ? throw new FormatException("--public-url and --management-url must differ in host or port: managed PCs have a listener of their own.")
            : settings;
    }

    /// <summary>What is wrong is not quoted: it may hold a password.</summary>
    private static string? Connection(string? text, string name)
    {
        try
        {
            return string.IsNullOrWhiteSpace(text) || new NpgsqlConnectionStringBuilder(text).Host is { Length: > 0 } ? text?.Trim()
                : throw new FormatException($"{name} names no server: it must be a connection string such as {ExampleConnection}.");
        }
        catch (ArgumentException)
        {
            throw new FormatException($"{name} must be an Npgsql connection string, such as {ExampleConnection}.");
        }
    }

    private static Uri? Url(string? text, string name) => text is null ? null
        : Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme == Uri.UriSchemeHttps && url.PathAndQuery == "/" && url.UserInfo.Length == 0 ? url
        : throw new FormatException($"{name} must be an https URL without a path, such as https://mdm.example.com; it is '{text}'.");

    private static IPEndPoint? EndPoint(string? text, string name) => text is null ? null
        : IPEndPoint.TryParse(text, out var endPoint) && endPoint.Port > 0 ? endPoint
        : throw new FormatException($"{name} must be ADDRESS:PORT, such as 0.0.0.0:8443; it is '{text}'.");

    private static IPNetwork Network(string text) => IPNetwork.TryParse(text, out var network) ? network
        : IPAddress.TryParse(text, out var address) ? new IPNetwork(address, address.GetAddressBytes().Length * 8)
        : throw new FormatException($"--trusted-proxies must be networks such as 10.0.0.0/8; '{text}' is none.");

    private static string? Existing(string? file, string name) => file is null || File.Exists(file) ? file : throw new FormatException($"The file {file} of {name} does not exist.");

    private static TlsCertificateFile[] Certificates(string[] certificates, string[] keys)
    {
        if (keys.Length > certificates.Length)
        {
            throw new FormatException("--tls-key is given more often than --tls-certificate.");
        }

        var missing = certificates.Concat(keys).FirstOrDefault(file => !File.Exists(file));
        return missing is null
            ? [.. certificates.Select((file, index) => new TlsCertificateFile(file, keys.ElementAtOrDefault(index)))]
            : throw new FormatException($"The TLS file {missing} does not exist.");
    }

    /// <summary>An option where it was given, else configuration: <c>--public-url</c> is <c>PUBLIC_URL</c> or <c>Deskward:PublicUrl</c>.</summary>
    private sealed class Source(ParseResult result, IConfiguration configuration)
    {
        internal string? Text(Option<string?> option) => result.GetResult(option) is { Implicit: false } ? result.GetValue(option) : Configured(option.Name);

        internal string[] Texts(Option<string[]> option) => result.GetResult(option) is { Implicit: false }
            ? result.GetValue(option) ?? []
            : Configured(option.Name)?.Split(';', StringSplitOptions.RemoveEmptyEntries) ?? [];

        internal bool Flag(Option<bool> option) => result.GetResult(option) is { Implicit: false }
            ? result.GetValue(option)
            : bool.TryParse(Configured(option.Name), out var configured) && configured;

        private string? Configured(string option)
        {
            var name = option.TrimStart('-');
            return configuration[name.Replace('-', '_')] ?? configuration["Deskward:" + name.Replace("-", "", StringComparison.Ordinal)];
        }
    }
}
