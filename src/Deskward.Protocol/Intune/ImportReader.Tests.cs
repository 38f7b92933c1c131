using System.Text;
using System.Text.Json.Nodes;
using Deskward.Protocol.Admx;
using Deskward.Protocol.Tests;
using Xunit;
using static Deskward.Protocol.Intune.Exports;

namespace Deskward.Protocol.Intune;

public sealed class ImportReaderTests
{
    private static readonly JsonObject Camera = Policy(Choice(Device + "camera_allowcamera", "0"));

    public static TheoryData<string> Shapes => new("utf8", "utf8 mark", "utf16", "utf16 big", "list", "value", "untyped", "sdk", "one for a list", "counted", "bare settings");

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Every_shape_that_tools_write_is_read_alike(string shape)
    {
        var policy = Assert.Single(ImportReader.Read("a.json", Shaped(shape), AdmxLibrary.Empty));
        Assert.Equal(("./Device/Vendor/MSFT/Policy/Config/Camera/AllowCamera", "0"), policy.Lines.Select(line => (line.Path, line.Value)).Single());
        Assert.Equal("Sample", policy.Name);
    }

    [Theory]
    [InlineData("", "The file is empty.")]
    [InlineData("{\"settings\": [", "The JSON cannot be read, line 1, byte 15.")]
    [InlineData("{\"a\":1}", "none that is known")]
    [InlineData("[]", "The file holds no policy.")]
    [InlineData("{\"@odata.type\":\"#microsoft.graph.windows10CustomConfiguration\",\"displayName\":\"\\ud800\"}", "half of a character")]
    [InlineData("[1]", "should be an object and is a number")]
    [InlineData("{\"error\":{\"code\":\"Forbidden\"}}", "none that is known")]
    [InlineData("{\"@odata.type\":\"#microsoft.graph.macOSCustomConfiguration\"}", "is a macOSCustomConfiguration")]
    [InlineData("{\"a\":1,\"a\":2}", "the same property twice")]
    [InlineData("Dear administrator,\r\nplease find attached", "neither JSON nor XML")]
    [InlineData("{\"@odata.type\":\"#microsoft.graph.deviceManagementConfigurationPolicy\",\"settings\":\"System.Object[]\"}", "larger depth")]
    [InlineData("{\"@odata.type\":\"#microsoft.graph.deviceManagementConfigurationPolicy\",\"settings\":[]}", "does not hold all of its settings")]
    [InlineData("{\"@odata.type\":\"#microsoft.graph.deviceManagementConfigurationPolicy\",\"platforms\":\"macOS\",\"settings\":[{}]}", "is for macOS")]
    [InlineData("{\"@odata.type\":\"#microsoft.graph.deviceManagementConfigurationPolicy\",\"settings\":[{\"settingInstance\":{}}]}", "has no settingDefinitionId")]
    [InlineData("{\"@odata.type\":\"#microsoft.graph.deviceManagementConfigurationPolicy\",\"settings\":[{\"settingInstance\":{\"settingDefinitionId\":\"x\",\"matrixSettingValue\":{}}}]}", "matrixSettingValue")]
    [InlineData("{\"@odata.type\":\"#microsoft.graph.deviceManagementConfigurationPolicy\",\"settingCount\":9,\"settings\":[{\"settingInstance\":{\"settingDefinitionId\":\"x\"}}]}", "the export is not whole")]
    public void A_file_that_is_not_understood_is_refused_whole(string text, string why) => Assert.Contains(why, Refused(text), StringComparison.Ordinal);

    [Fact]
    public void One_wrong_policy_of_several_refuses_the_file()
    {
        var wrong = Assert.Throws<ProtocolException>(() => Exports.Read(new JsonArray(Camera.DeepClone(), new JsonObject { ["@odata.type"] = "#microsoft.graph.iosCustomConfiguration" })));
        Assert.StartsWith("Policy 2 is a iosCustomConfiguration.", wrong.Message, StringComparison.Ordinal);
        Assert.Equal(2, ImportReader.Read("a", Encoding.UTF8.GetBytes(new JsonArray(Camera.DeepClone(), Camera.DeepClone()).ToJsonString()), AdmxLibrary.Empty).Count);
    }

    [Fact]
    public void Each_cut_of_an_export_is_refused_and_never_half_read()
    {
        var bytes = Encoding.UTF8.GetBytes(Camera.ToJsonString());
        Assert.All(Enumerable.Range(1, bytes.Length - 1), length => Assert.Throws<ProtocolException>(() => ImportReader.Read("a", bytes.AsMemory(0, length), AdmxLibrary.Empty)));
    }

    [Fact]
    public void Fifty_megabytes_and_endless_depth_are_refused()
    {
        Assert.Contains("at most 16 MB", Assert.Throws<ProtocolException>(() => ImportReader.Read("a", new byte[50 * 1024 * 1024], AdmxLibrary.Empty)).Message, StringComparison.Ordinal);
        Assert.Contains("The JSON cannot be read", Refused(new string('[', 100_000)), StringComparison.Ordinal);
        var deep = Simple(Device + "camera_allowcamera", "0");
        Enumerable.Range(0, 30).ToList().ForEach(_ => deep = Choice(Device + "camera_allowcamera", "0", deep));
        Assert.Contains("levels deep", Refused(Policy(deep).ToJsonString(new() { MaxDepth = 500 })), StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_that_are_no_text_are_refused() =>
        Assert.Contains("neither UTF-8 nor UTF-16", Assert.Throws<ProtocolException>(() => ImportReader.Read("a", new byte[] { 0x7B, 0xFF, 0xFE }, AdmxLibrary.Empty)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_template_is_told_by_its_first_sign()
    {
        Assert.True(ImportReader.IsTemplate(Encoding.UTF8.GetBytes(" \r\n<policyDefinitions/>")));
        Assert.True(ImportReader.IsTemplate(Encoding.Unicode.GetPreamble().Concat(Encoding.Unicode.GetBytes("<?xml")).ToArray()));
        Assert.False(ImportReader.IsTemplate("{}"u8));
        Assert.Equal((Exports.Browser.IngestionPath, ImportState.Accepted), ImportReader.Report(Exports.Browser).Settings.Select(setting => (setting.LocUri!, setting.State)).Single());
        var own = ImportReader.Report(Exports.Browser with { Name = "W32Time.admx" });
        Assert.Equal((0, 1), (own.Lines.Count, own.Count(ImportState.Accepted)));
    }

    private static byte[] Shaped(string shape)
    {
        var json = (JsonObject)Camera.DeepClone();
        var instance = json["settings"]![0]!["settingInstance"]!;
        string Text(JsonNode node) => node.ToJsonString();
        return shape switch
        {
            "utf8 mark" => [.. Encoding.UTF8.GetPreamble(), .. Encoding.UTF8.GetBytes(Text(json))],
            "utf16" => [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(Text(json))],
            "utf16 big" => [.. Encoding.BigEndianUnicode.GetPreamble(), .. Encoding.BigEndianUnicode.GetBytes(Text(json))],
            "list" => Encoding.UTF8.GetBytes($"[{Text(json)}]"),
            "value" => Encoding.UTF8.GetBytes($"{{\"@odata.context\":\"x\",\"value\":[{Text(json)}]}}"),
            "untyped" => Encoding.UTF8.GetBytes(Text(json).Replace("@odata.type", "type", StringComparison.Ordinal)),
            "sdk" => Encoding.UTF8.GetBytes("{\"Name\":\"Sample\",\"Platforms\":\"windows10\",\"Settings\":[{\"Id\":\"0\",\"SettingInstance\":{\"SettingDefinitionId\":\"" + Device
                + "camera_allowcamera\",\"AdditionalProperties\":{\"choiceSettingValue\":{\"value\":\"" + Device + "camera_allowcamera_0\",\"children\":[]}}}}]}"),
            "one for a list" => Encoding.UTF8.GetBytes(Text(json).Replace("\"settings\":[", "\"settings\":", StringComparison.Ordinal)[..^2] + "}"),
            "counted" => Encoding.UTF8.GetBytes(Text(json).Replace("\"settings\":[", "\"settings\":{\"value\":[", StringComparison.Ordinal)[..^1] + ",\"Count\":1}}"),
            "bare settings" => Encoding.UTF8.GetBytes(Text(json).Replace("{\"settingInstance\":" + Text(instance) + "}", Text(instance), StringComparison.Ordinal)),
            _ => Encoding.UTF8.GetBytes(Text(json)),
        };
    }
}

[Collection(nameof(Measured))]
public sealed class ImportReaderMeasuredTests
{
    [Fact]
    public void Reading_takes_time_in_proportion_to_the_file() => Assert.True(Growth.IsLinear(size =>
    {
        var bytes = Encoding.UTF8.GetBytes(Policy([.. Enumerable.Range(0, 50 * size).Select(at => Choice($"{Device}camera_unknown{at}", "0", Choice(Device + "camera_allowcamera", "0")))]).ToJsonString());
        return () => ImportReader.Read("a", bytes, AdmxLibrary.Empty);
    }));

    [Fact]
    public void A_table_takes_time_in_proportion_to_its_length() => Assert.True(Growth.IsLinear(size =>
    {
        var bytes = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("./Device/Vendor/MSFT/Policy/Config/Camera/AllowCamera,\"0\" x\r\n", 125 * size)));
        return () => ImportReader.Read("a", bytes, AdmxLibrary.Empty);
    }));
}
