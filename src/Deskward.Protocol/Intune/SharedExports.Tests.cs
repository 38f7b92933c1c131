using System.Text.Json;
using Deskward.Protocol.Admx;
using Deskward.Protocol.Tests;
using Xunit;

namespace Deskward.Protocol.Intune;

/// <summary>The exports that administrators keep and share, which lie beside the repository.</summary>
public sealed class SharedExportTests
{
    private const string Folder = "reference/intune-exports";

    private static IEnumerable<(string Name, byte[] Bytes)> Files => SharedFiles.Names(Folder).Where(name => name.EndsWith(".json", StringComparison.Ordinal)).Select(name => (name, SharedFiles.Bytes($"{Folder}/{name}")));

    private static ImportedPolicy Read((string Name, byte[] Bytes) file) => ImportReader.Read(file.Name, file.Bytes, AdmxLibrary.Empty).Single();

    [Fact]
    public void Every_setting_of_every_file_is_in_its_report_once()
    {
        var policies = Files.Select(file => (File: file, Policy: Read(file))).ToList();
        Assert.InRange(policies.Count, 20, int.MaxValue);
        Assert.All(policies, one => Assert.Equal(SettingsIn(one.File.Bytes, one.Policy.Kind), one.Policy.Settings.Count));
        Assert.All(policies, one => Assert.Equal(one.Policy.Settings.Count, Enum.GetValues<ImportState>().Sum(one.Policy.Count)));
    }

    [Fact]
    public void What_is_taken_names_a_node_and_what_is_not_says_why()
    {
        var settings = Files.SelectMany(file => Read(file).Settings).ToList();
        Assert.All(settings.Where(setting => setting.State is ImportState.NotSupported or ImportState.NeedsAdmx or ImportState.Changed), setting => Assert.NotNull(setting.Reason));
        Assert.All(settings.Where(setting => setting.State is ImportState.Accepted or ImportState.Changed), setting => Assert.True(setting.LocUri is not null || setting.Reason == Reasons.NotConfigured, setting.Name));
        Assert.All(settings.Where(setting => setting.State == ImportState.NeedsAdmx), setting => Assert.NotNull(setting.Template));
    }

    [Fact]
    public void Of_the_settings_catalogue_nothing_is_lost_but_what_the_catalogue_does_not_know()
    {
        var settings = Files.Select(Read).Where(policy => policy.Kind == ImportedKind.SettingsCatalogue).SelectMany(policy => policy.Settings).ToList();
        Assert.All(settings.Where(setting => setting.State == ImportState.NotSupported), setting => Assert.StartsWith("The catalogue knows no setting", setting.Reason, StringComparison.Ordinal));
        Assert.InRange(settings.Count(setting => setting.State == ImportState.Accepted), 120, settings.Count);
        Assert.Contains(settings, setting => setting.LocUri == "./Device/Vendor/MSFT/LAPS/Policies/PasswordAgeDays" && setting.Value == "7");
    }

    /// <summary>Counted in another way: whatever has a settingDefinitionId, and of profiles whatever is neither empty nor about the profile.</summary>
    private static int SettingsIn(byte[] bytes, ImportedKind kind)
    {
        using var json = JsonDocument.Parse(TextBytes.Decode(bytes));
        if (kind == ImportedKind.SettingsCatalogue)
        {
            return TextBytes.Decode(bytes).Split("\"settingDefinitionId\":").Length - 1;
        }
        string[] about = ["id", "displayName", "description", "version", "createdDateTime", "lastModifiedDateTime", "roleScopeTagIds", "supportsScopeTags", "newUpdates"];
        return json.RootElement.EnumerateObject().Count(property => !property.Name.Contains('@', StringComparison.Ordinal) && !property.Name.StartsWith('#') && !about.Contains(property.Name)
            && property.Value.GetRawText().ReplaceLineEndings("").Replace(" ", "", StringComparison.Ordinal) is not ("null" or "[]" or "\"\"" or "\"0001-01-01T00:00:00Z\""));
    }
}
