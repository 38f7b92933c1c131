using System.CommandLine;
using System.Globalization;
using System.Net.Mail;

namespace Deskward.Platform;

/// <summary>The options of the mail server; without <c>--smtp-host</c> there is none.</summary>
internal sealed class MailOptions
{
    private readonly Option<string?> _host = new("--smtp-host") { Description = "Server that takes mail; without it nothing is mailed" };
    private readonly Option<string?> _port = new("--smtp-port") { Description = "Its port (default 587)" };
    private readonly Option<string?> _security = new("--smtp-security") { Description = "starttls, tls or none (default starttls)" };
    private readonly Option<string?> _root = new("--smtp-root") { Description = "PEM root of the server's certificate, where the system does not trust it", HelpName = "FILE" };
    private readonly Option<string?> _user = new("--smtp-user") { Description = "Who signs in there" };
    private readonly Option<string?> _password = new("--smtp-password") { Description = "The password; better given as DESKWARD_SMTP_PASSWORD, where other users cannot see it" };
    private readonly Option<string?> _from = new("--mail-from") { Description = "Sender of all mail, such as desk@northwind.example" };

    internal IReadOnlyList<Option> All => [_host, _port, _security, _root, _user, _password, _from];

    /// <summary>The server, or null when none is named.</summary>
    /// <param name="text">What an option or the configuration says.</param>
    /// <exception cref="FormatException">Something is wrong; the message names the option.</exception>
    internal MailServer? Read(Func<Option<string?>, string?> text)
    {
        if (text(_host) is not { Length: > 0 } host)
        {
            return null;
        }

        var (user, password, security) = (text(_user), text(_password), Security(text(_security)));
        var root = text(_root);
        return Uri.CheckHostName(host) == UriHostNameType.Unknown ? throw new FormatException($"--smtp-host must be a host's name or address; it is '{host}'.")
            : user is null != password is null ? throw new FormatException("--smtp-user and --smtp-password belong together.")
            : user is not null && security == MailSecurity.None ? throw new FormatException("--smtp-user needs --smtp-security starttls or tls: a password is not sent in the clear.")
            : root is not null && !File.Exists(root) ? throw new FormatException($"The file {root} of --smtp-root does not exist.")
            : new MailServer { Host = host, Port = Port(text(_port)), Security = security, User = user, Password = password, From = Sender(text(_from)), RootFile = root };
    }

    private static int Port(string? text) => text is null ? 587
        : ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0 ? port
        : throw new FormatException($"--smtp-port must be a port; it is '{text}'.");

    private static MailSecurity Security(string? text) => text switch
    {
        null or "starttls" => MailSecurity.StartTls,
        "tls" => MailSecurity.Tls,
        "none" => MailSecurity.None,
        _ => throw new FormatException($"--smtp-security must be starttls, tls or none; it is '{text}'."),
    };

    private static string Sender(string? text) => text is not null && MailAddress.TryCreate(text, out var parsed) && parsed.Address == text ? text
        : throw new FormatException("--smtp-host needs --mail-from: the sender's mail address, such as desk@northwind.example.");
}
