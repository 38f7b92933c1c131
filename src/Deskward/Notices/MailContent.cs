using System.Security.Cryptography;
using System.Text.Json;
using Deskward.Platform;

namespace Deskward.Notices;

/// <summary>What a mail says, as it is kept until it was sent.</summary>
/// <param name="Language">Code of its language.</param>
/// <param name="Subject">One line.</param>
/// <param name="Paragraphs">Plain text.</param>
/// <param name="Action">What the link says.</param>
/// <param name="Path">Where the link leads, from the public URL on; null when there is none.</param>
/// <param name="IsAlarm">Marked as important.</param>
internal sealed record MailContent(string Language, string Subject, IReadOnlyList<string> Paragraphs, string? Action, string? Path, bool IsAlarm)
{
    private const string Purpose = "notices-mail";

    public IReadOnlyList<NoticeAttachment> Attachments { get; init; } = [];

    /// <summary>Without the link: records are logged by accident.</summary>
    public override string ToString() => $"mail content in {Language}";

    internal byte[] Wrap(ServiceKey key, Guid mail) => key.Wrap(JsonSerializer.SerializeToUtf8Bytes(this), Purpose + mail);

    /// <summary>The content; null when the key file no longer holds the key that wrapped it.</summary>
    internal static MailContent? Unwrap(ServiceKey key, Guid mail, byte[]? wrapped)
    {
        try
        {
            return wrapped is null ? null : JsonSerializer.Deserialize<MailContent>(key.Unwrap(wrapped, Purpose + mail));
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
