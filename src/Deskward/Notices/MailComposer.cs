using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using Deskward.Platform;
using Deskward.Platform.Portal;
using MimeKit;

namespace Deskward.Notices;

/// <summary>Makes the message: plain and HTML parts that say the same, and headers that keep machines from answering.</summary>
internal static class MailComposer
{
    private const string Card = "max-width:560px;margin:0 auto;padding:24px;background:#ffffff;border:1px solid #e0e0e0;border-radius:6px;";
    private const string Font = "font-family:'Segoe UI','Noto Sans','PingFang SC','Microsoft YaHei',sans-serif;font-size:15px;line-height:22px;color:#242424;";
    private const string Button = "display:inline-block;padding:8px 16px;background:#0f6cbd;color:#ffffff;border-radius:4px;text-decoration:none;font-weight:600;";
    private const string Quiet = "font-size:12px;line-height:18px;color:#5c5c5c;";
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    /// <param name="content">What it says.</param>
    /// <param name="to">Whom; checked by <see cref="Parse"/>.</param>
    /// <param name="messageId">Value of the header, without brackets.</param>
    /// <param name="settings">The sender and the public URL.</param>
    /// <param name="at">Date of the message.</param>
    internal static MimeMessage Compose(MailContent content, MailboxAddress to, string messageId, ServiceSettings settings, DateTimeOffset at)
    {
        var message = new MimeMessage { Subject = content.Subject, MessageId = messageId, Date = at };
        message.From.Add(new MailboxAddress("Deskward", settings.Mail!.From));
        message.To.Add(to);
        message.Headers.Add("Auto-Submitted", "auto-generated");
        message.Headers.Add("X-Auto-Response-Suppress", "All");
        message.Importance = content.IsAlarm ? MessageImportance.High : MessageImportance.Normal;
        var url = content.Path is { } path ? new Uri(settings.PublicUrl, path).AbsoluteUri : null;
        var footer = new Texts(Language.Find(content.Language) ?? Language.English)["mail.footer", settings.PublicUrl.GetLeftPart(UriPartial.Authority)];
        var body = new BodyBuilder { TextBody = Plain(content, url, footer), HtmlBody = Html(content, url, footer) };
        foreach (var attachment in content.Attachments)
        {
            body.Attachments.Add(attachment.FileName, Encoding.UTF8.GetBytes(attachment.Text), MimeKit.ContentType.Parse(attachment.ContentType));
        }

        message.Body = body.ToMessageBody();
        message.Body.Headers.Add(HeaderId.ContentLanguage, content.Language);
        return message;
    }

    /// <summary>The address when it is one mail address and nothing else; null otherwise.</summary>
    internal static MailboxAddress? Parse(string address) =>
        System.Net.Mail.MailAddress.TryCreate(address, out var parsed) && parsed.Address == address && !address.Any(char.IsControl)
            && MailboxAddress.TryParse(address, out var mailbox) && mailbox.Address == address ? mailbox : null;

    private static string Plain(MailContent content, string? url, string footer) =>
        string.Join("\r\n\r\n", content.Paragraphs.Concat(url is null ? [] : [$"{content.Action}:\r\n{url}"]).Append("-- \r\n" + footer)) + "\r\n";

    private static string Html(MailContent content, string? url, string footer)
    {
        var html = new StringBuilder();
        html.Append(CultureInfo.InvariantCulture, $"<!DOCTYPE html><html lang=\"{content.Language}\"><head><meta charset=\"utf-8\"><title>{Encode(content.Subject)}</title></head>");
        html.Append(CultureInfo.InvariantCulture, $"<body style=\"margin:0;padding:24px;background:#f5f5f5;{Font}\"><div style=\"{Card}\">");
        foreach (var paragraph in content.Paragraphs)
        {
            html.Append(CultureInfo.InvariantCulture, $"<p style=\"margin:0 0 16px\">{Encode(paragraph)}</p>");
        }

        if (url is not null)
        {
            html.Append(CultureInfo.InvariantCulture, $"<p style=\"margin:0 0 16px\"><a href=\"{Encode(url)}\" style=\"{Button}\">{Encode(content.Action ?? url)}</a></p><p style=\"{Quiet}\">{Encode(url)}</p>");
        }

        return html.Append(CultureInfo.InvariantCulture, $"<p style=\"margin:24px 0 0;{Quiet}\">{Encode(footer)}</p></div></body></html>").ToString();
    }

    private static string Encode(string text) => Encoder.Encode(text);
}
