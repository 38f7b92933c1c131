using System.Text.Json;

namespace Deskward.Demo;

/// <summary><c>DIR/demo.json</c>: what a script needs to use the demo.</summary>
/// <param name="Portal">Where people sign in.</param>
/// <param name="Discovery">The discovery address that PCs are told.</param>
/// <param name="Organisations">The provider and its customers.</param>
/// <param name="People">Everybody, with their passwords and secrets of authenticator apps.</param>
/// <param name="ScimTokens">What each customer's directory proves itself with.</param>
internal sealed record DemoFile(
    string Portal, string Discovery, IReadOnlyList<DemoFile.OrganisationEntry> Organisations, IReadOnlyList<DemoFile.PersonEntry> People, IReadOnlyList<DemoFile.ScimTokenEntry>? ScimTokens)
{
    private static readonly JsonSerializerOptions Indented = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    internal sealed record OrganisationEntry(Guid Id, string Name, string Domain);

    internal sealed record ScimTokenEntry(Guid Organisation, string Token);

    /// <param name="Address">What one signs in and enrols with.</param>
    /// <param name="Password">The password.</param>
    /// <param name="Organisation">Id of the organisation.</param>
    /// <param name="Roles">Names of the roles as <c>user add --role</c> takes them, short words first; none for people at PCs.</param>
    /// <param name="TotpSecret">Secret of the authenticator app, in base32; null for who signs in without a second factor.</param>
    internal sealed record PersonEntry(string Address, string Password, Guid Organisation, IReadOnlyList<string> Roles, string? TotpSecret);

    internal static string PathIn(string data) => Path.Combine(data, "demo.json");

    internal static DemoFile? Read(string data)
    {
        try
        {
            return File.Exists(PathIn(data)) ? JsonSerializer.Deserialize<DemoFile>(File.ReadAllText(PathIn(data)), JsonSerializerOptions.Web) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Written beside and moved into place, readable by the owner only: it holds passwords.</summary>
    internal void Write(string data)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        var half = PathIn(data) + ".part";
        using (var stream = new FileStream(half, options))
        {
            JsonSerializer.Serialize(stream, this, Indented);
        }

        File.Move(half, PathIn(data), overwrite: true);
    }
}
