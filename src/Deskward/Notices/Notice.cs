using System.Globalization;
using System.Text.Json.Serialization;
using Deskward.Platform.Portal;

namespace Deskward.Notices;

/// <summary>How much a notice presses.</summary>
public enum NoticeImportance
{
    Normal,

    /// <summary>An alarm: marked in the portal and in the mail.</summary>
    High,
}

/// <summary>
/// A kind of notice, declared by the module that sends it and registered there as a singleton. Its texts lie beside it, under its key, in
/// <c>Notices.en.json</c> and <c>Notices.zh-Hans.json</c>.
/// </summary>
/// <param name="Key">The module's first word, a dot, and what is told: <c>identity.invitation</c>.</param>
public sealed record NoticeKind(string Key)
{
    public NoticeImportance Importance { get; init; }

    /// <summary>Whether it is mailed to people; a bare address is always mailed.</summary>
    public bool ByMail { get; init; } = true;

    /// <summary>Whether people see it in the portal: not where the notice is what lets them into it.</summary>
    public bool InPortal { get; init; } = true;

    /// <summary>Whether a person may choose to get it in the portal alone.</summary>
    public bool MayOptOut { get; init; }

    /// <summary>Whether it is about security: such notices are not for everybody who runs IT.</summary>
    public bool IsSecurity { get; init; }
}

/// <summary>What fills a place of a text: always text, never markup. No secrets: those go into a link.</summary>
public readonly record struct NoticeValue
{
    [JsonConstructor]
    internal NoticeValue(string text, bool isKey) => (Text, IsKey) = (text, isKey);

    public string Text { get; }

    /// <summary>True: the key of a portal text, said in the reader's language.</summary>
    public bool IsKey { get; }

    public static implicit operator NoticeValue(string text) => FromString(text);

    /// <summary>An instant, to the minute, in UTC.</summary>
    public static implicit operator NoticeValue(DateTimeOffset at) => FromDateTimeOffset(at);

    public static NoticeValue FromString(string text) => new(PlainText.Clean(text, PlainText.LongestValue), false);

    public static NoticeValue FromDateTimeOffset(DateTimeOffset at) => new(at.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture), false);

    /// <summary>A word that the portal has in each language, such as <c>role.ServiceReader</c>.</summary>
    public static NoticeValue OfText(string key) => new(key, true);
}

/// <summary>Who is told.</summary>
/// <param name="PersonId">A person of an organisation; null for a bare mail address, such as a contact without an account.</param>
/// <param name="Address">Mail address.</param>
/// <param name="Language">The reader's language; null when none is known: English.</param>
public sealed record Recipient(Guid? PersonId, string Address, Language? Language);

/// <summary>A small text file that goes with the mail.</summary>
/// <param name="FileName">Letters, digits, dots and dashes.</param>
/// <param name="ContentType">Such as <c>application/json</c>.</param>
/// <param name="Text">At most <see cref="Longest"/> characters.</param>
public sealed record NoticeAttachment(string FileName, string ContentType, string Text)
{
    public const int Longest = 65_536;
}

/// <summary>Where a notice leads. Following a link only opens a page: nothing is changed by it.</summary>
public sealed record NoticeLink
{
    private NoticeLink(string path, Guid? once) => (Path, Once) = (path, once);

    /// <summary>Path and query.</summary>
    internal string Path { get; }

    /// <summary>The one-time link; null for a page that asks for sign-in.</summary>
    internal Guid? Once { get; }

    /// <summary>A page of the portal, which asks for sign-in.</summary>
    public static NoticeLink Page(string path) =>
        PortalShell.LocalPath(path) == path ? new(path, null) : throw new ArgumentException("A notice leads to a path of the portal alone.", nameof(path));

    /// <summary>A page that the link itself opens: in the mail alone, to one reader.</summary>
    public static NoticeLink ByMailAlone(NewMailLink link) => new(link.Path, link.Id);

    /// <summary>Without the token.</summary>
    public override string ToString() => Once is { } id ? $"mail link {id}" : Path;
}

/// <summary>What is told to whom.</summary>
/// <param name="Kind">Which notice.</param>
/// <param name="Tenant">The organisation it is about; it must be open.</param>
public sealed record Notice(NoticeKind Kind, Guid Tenant)
{
    public required IReadOnlyCollection<Recipient> To { get; init; }

    /// <summary>A value for each place that the texts name.</summary>
    public IReadOnlyDictionary<string, NoticeValue> Values { get; init; } = new Dictionary<string, NoticeValue>();

    public NoticeLink? Link { get; init; }

    public IReadOnlyList<NoticeAttachment> Attachments { get; init; } = [];
}
