using Deskward.Platform;
using Deskward.Protocol.Csp;
using Xunit;

namespace Deskward.DesiredState;

public sealed class SettingDraftTests
{
    private static readonly SecretValues Secrets = new(ServiceKey.Load(Path.Combine(Directory.CreateTempSubdirectory().FullName, "key"), create: true), Guid.CreateVersion7());

    [Fact]
    public void Every_wrong_line_is_named_and_nothing_is_made_of_the_rest()
    {
        var draft = SettingDraft.Check(Fleet.Lines((Fleet.Camera, "0"), (Fleet.Camera + "X", "0"), (Fleet.Cortana, "7")), Secrets);
        Assert.Equal([2, 3], draft.Refused.Select(line => line.Line));
        Assert.Equal(Deskward.Protocol.Csp.RefusalReason.UnknownPath, draft.Refused[0].Verdict?.Reason);
        Assert.Equal(2, draft.Refusal?.Details.Count);
    }

    [Fact]
    public void The_same_path_in_two_spellings_is_set_twice()
    {
        var draft = SettingDraft.Check(Fleet.Lines((Fleet.Camera, "0"), (Fleet.Camera.Replace("./Device", ".", StringComparison.Ordinal).ToLowerInvariant().Replace("./vendor", "./Vendor", StringComparison.Ordinal), "1")), Secrets);
        Assert.Contains("Line 1 sets the same path", Assert.Single(draft.Refused).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_refused_secret_is_not_repeated_in_the_message()
    {
        SettingLine line = new() { Line = 1, Path = Fleet.Pin, Value = "hunter2", IsSecret = true };
        var refused = Assert.Single(SettingDraft.Check([line], Secrets).Refused);
        Assert.DoesNotContain("hunter2", refused.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void More_settings_than_a_policy_set_holds_are_refused_as_one()
    {
        var lines = Enumerable.Range(1, SettingDraft.MostSettings + 1).Select(at => new SettingLine { Line = at, Path = Fleet.Camera, Value = "0" }).ToArray();
        Assert.Contains("5000", Assert.Single(SettingDraft.Check(lines, Secrets).Refused).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void More_bytes_than_a_policy_set_holds_are_refused_as_one()
    {
        SettingLine line = new() { Line = 1, Path = Fleet.Camera, Value = new string('x', SettingDraft.LargestSize) };
        Assert.Contains("16 MB", Assert.Single(SettingDraft.Check([line], Secrets).Refused).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_policy_set_of_nothing_is_refused() => Assert.NotNull(SettingDraft.Check([], Secrets).Refusal);

    [Fact]
    public void Packing_keeps_every_setting_and_its_marks()
    {
        SettingLine[] lines =
        [
            new() { Line = 1, Path = Fleet.Camera, Value = "0", IsOverridable = true },
            new() { Line = 2, Path = "./Vendor/MSFT/DMClient/Provider/Deskward/HelpEmailAddress", Value = "s3cret", IsSecret = true },
        ];
        var settings = SettingDraft.Check(lines, Secrets).Settings;
        var again = SettingList.Unpack(SettingList.Pack(settings), Catalogue.Default);
        Assert.Equal(settings.Select(setting => (setting.Path, setting.Format, setting.Value, setting.IsOverridable, setting.IsSecret, setting.AtomicGroup)),
            again.Select(setting => (setting.Path, setting.Format, setting.Value, setting.IsOverridable, setting.IsSecret, setting.AtomicGroup)));
        Assert.Equal("s3cret", Secrets.Unwrap(again.Single(setting => setting.IsSecret).Wrapped!));
        Assert.Equal(SettingList.Hash(settings), SettingList.Hash(again));
    }

    [Fact]
    public void The_hash_of_a_secret_depends_on_the_secret_and_not_on_how_it_was_wrapped()
    {
        byte[] HashOf(string value) => SettingList.Hash(SettingDraft.Check([new() { Line = 1, Path = "./Vendor/MSFT/DMClient/Provider/Deskward/HelpEmailAddress", Value = value, IsSecret = true }], Secrets).Settings);
        Assert.Equal(HashOf("one"), HashOf("one"));
        Assert.NotEqual(HashOf("one"), HashOf("two"));
    }

    [Theory]
    [InlineData("name\tcsp_path\tvalue\nCamera\t./P/A\t0", "Camera|./P/A||0")]
    [InlineData("Camera\t./P/A\t0", "Camera|./P/A||0")]
    [InlineData("./P/A\tint\t0", "|./P/A|int|0")]
    [InlineData("\uFEFF# heading\n\n./P/A\t0", "|./P/A||0")]
    [InlineData("path\tvalue\tsecret\n./P/A\tx\tyes", "|./P/A||x!")]
    [InlineData("Camera\t./P/A", "Camera|||")]
    [InlineData("alone", "alone|||")]
    [InlineData("a\t./P/A\t<x/>\twith\ttabs", "a|./P/A||<x/>\twith\ttabs")]
    public void A_file_of_settings_is_read_with_and_without_a_heading(string text, string expected)
    {
        var line = Assert.Single(SettingFile.Read(new StringReader(text)));
        Assert.Equal(expected, $"{line.Name}|{line.Path}|{line.Format}|{line.Value}{(line.IsSecret ? "!" : "")}");
    }
}
