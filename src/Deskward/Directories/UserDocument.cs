using System.Net.Mail;
using Deskward.Identity;
using Deskward.Protocol.Scim;
using Deskward.Tenants;

namespace Deskward.Directories;

/// <summary>Between the SCIM resource and the person: what of the document the service itself lives by, and what is only kept.</summary>
internal static class UserDocument
{
    private const int LongestAddress = 320;
    private const int LongestDisplayName = 200;
    private static readonly string[] KeptElsewhere = ["id", "meta", "groups", "password"];

    /// <summary>What is stored of a resource. Without <c>active</c> it keeps what it was.</summary>
    internal static ScimResource Stored(ScimResource resource, bool wasActive)
    {
        resource = KeptElsewhere.Aggregate(resource, (kept, name) => kept.With(name, null));
        return resource.Flag("active") is null ? resource.With("active", ScimScalar.Of(wasActive)) : resource;
    }

    /// <summary>Writes the document into the row.</summary>
    /// <exception cref="ScimException"><c>invalidValue</c> when a text is too long, or the user name is not fit for one.</exception>
    internal static void Fill(DirectoryUser row, ScimResource stored)
    {
        var name = ScimBase.Fit("userName", stored.Text("userName"), DirectoryUser.LongestKey)!;
        if (name.Any(char.IsControl) || name != name.Trim())
        {
            throw new ScimException(ScimErrorType.InvalidValue, "userName holds a control character, or begins or ends with a blank.");
        }

        row.NameKey = name.ToUpperInvariant();
        row.ExternalId = ScimBase.Fit("externalId", stored.ExternalId, DirectoryUser.LongestKey);
        row.DisplayKey = ScimBase.Fit("displayName", stored.Text("displayName"), DirectoryUser.LongestKey)?.ToUpperInvariant();
        row.IsActive = stored.Flag("active")!.Value;
        row.Document = ScimWriter.Store(stored);
    }

    /// <summary>The mail addresses as they are searched for.</summary>
    internal static List<DirectoryMail> Mails(DirectoryUser row, ScimResource stored) =>
        [.. stored.Items("emails").Select(item => item.Text("value")).Index().Where(one => one.Item is not null).Select(one => new DirectoryMail
        {
            PersonId = row.PersonId, TenantId = row.TenantId, Number = one.Index, Key = ScimBase.Fit("emails.value", one.Item, DirectoryUser.LongestKey)!.ToUpperInvariant(),
        })];

    /// <summary>Writes into the person what the directory owns: names and address. Whether they are enabled is a matter of its own.</summary>
    internal static void Fill(Person person, ScimResource stored, OrganisationFacts organisation)
    {
        var name = stored.Text("userName")!;
        person.UserName = name;
        person.IsNameLocal = !organisation.Owns(name) || !MailAddress.TryCreate(name, out var parsed) || parsed.Address != name;
        person.NormalizedUserName = person.IsNameLocal ? null : name.Normalize().ToUpperInvariant();
        person.DisplayName = DisplayName(stored, name);
        person.Email = Address(stored) ?? (person.IsNameLocal ? null : name);
        person.NormalizedEmail = person.Email?.Normalize().ToUpperInvariant();
        person.IsFromDirectory = true;
        person.RefreshSearch();
    }

    /// <summary>The name that people are shown; never empty.</summary>
    private static string DisplayName(ScimResource stored, string userName)
    {
        var parts = string.Join(' ', new[] { stored.Text("name.givenName"), stored.Text("name.familyName") }.Where(part => !string.IsNullOrWhiteSpace(part)));
        var name = new[] { stored.Text("displayName"), stored.Text("name.formatted"), parts, userName }.Select(Clean).First(one => one.Length > 0);
        return name.Length <= LongestDisplayName ? name : name[..(char.IsHighSurrogate(name[LongestDisplayName - 1]) ? LongestDisplayName - 1 : LongestDisplayName)];
    }

    private static string Clean(string? text) => string.Concat((text ?? "").Select(letter => char.IsControl(letter) ? ' ' : letter)).Trim();

    /// <summary>The primary address, else that of work, else the first; null when there is none that a mail could go to.</summary>
    private static string? Address(ScimResource stored)
    {
        var items = stored.Items("emails").Where(item => item.Text("value") is { Length: <= LongestAddress } text && MailAddress.TryCreate(text, out var parsed) && parsed.Address == text).ToList();
        var chosen = items.Find(IsPrimary) ?? items.Find(item => string.Equals(item.Text("type"), "work", StringComparison.OrdinalIgnoreCase)) ?? items.FirstOrDefault();
        return chosen?.Text("value");
    }

    private static bool IsPrimary(ScimComplex item) => item.Entries.Any(entry => entry.Key.Name == "primary" && entry.Value is ScimScalar { Value: true });
}
