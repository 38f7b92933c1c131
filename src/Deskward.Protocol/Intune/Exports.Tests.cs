using System.Text;
using System.Text.Json.Nodes;
using Deskward.Protocol.Admx;
using Xunit;

namespace Deskward.Protocol.Intune;

/// <summary>Exports put together for tests, in the shapes that tools write.</summary>
internal static class Exports
{
    internal const string Device = "device_vendor_msft_policy_config_";

    internal static JsonObject Choice(string id, string value, params JsonNode[] children) => new()
    {
        ["@odata.type"] = "#microsoft.graph.deviceManagementConfigurationChoiceSettingInstance",
        ["settingDefinitionId"] = id,
        ["settingInstanceTemplateReference"] = null,
        ["choiceSettingValue"] = new JsonObject { ["value"] = $"{id}_{value}", ["settingValueTemplateReference"] = null, ["children"] = new JsonArray([.. children]) },
    };

    internal static JsonObject Choices(string id, params string[] values) => new()
    {
        ["settingDefinitionId"] = id,
        ["choiceSettingCollectionValue"] = new JsonArray([.. values.Select(value => new JsonObject { ["value"] = $"{id}_{value}", ["children"] = new JsonArray() })]),
    };

    internal static JsonObject Simple(string id, JsonNode value, string type = "String") => new()
    {
        ["@odata.type"] = "#microsoft.graph.deviceManagementConfigurationSimpleSettingInstance",
        ["settingDefinitionId"] = id,
        ["simpleSettingValue"] = new JsonObject { ["@odata.type"] = $"#microsoft.graph.deviceManagementConfiguration{type}SettingValue", ["value"] = value },
    };

    internal static JsonObject Collection(string id, params string[] values) => new()
    {
        ["settingDefinitionId"] = id,
        ["simpleSettingCollectionValue"] = new JsonArray([.. values.Select(value => new JsonObject { ["value"] = value })]),
    };

    internal static JsonObject Group(string id, params JsonNode[][] groups) => new()
    {
        ["settingDefinitionId"] = id,
        ["groupSettingCollectionValue"] = new JsonArray([.. groups.Select(children => new JsonObject { ["children"] = new JsonArray(children) })]),
    };

    internal static JsonObject Policy(params JsonNode[] instances) => new()
    {
        ["@odata.type"] = "#microsoft.graph.deviceManagementConfigurationPolicy",
        ["id"] = "2b7f0e2c-0000-4000-8000-000000000001",
        ["name"] = "Sample",
        ["description"] = "Of a test",
        ["platforms"] = "windows10",
        ["settingCount"] = instances.Length,
        ["settings"] = new JsonArray([.. instances.Select(instance => new JsonObject { ["settingInstance"] = instance })]),
    };

    internal static JsonObject Profile(string type, params (string Name, JsonNode? Value)[] properties) =>
        new([KeyValuePair.Create<string, JsonNode?>("@odata.type", "#microsoft.graph." + type), KeyValuePair.Create<string, JsonNode?>("displayName", "Sample"), .. properties.Select(one => KeyValuePair.Create(one.Name, one.Value))]);

    internal static ImportedPolicy Read(JsonNode json, AdmxLibrary? templates = null, string? tenant = null) =>
        ImportReader.Read("sample.json", Encoding.UTF8.GetBytes(json.ToJsonString()), templates ?? AdmxLibrary.Empty, tenant).Single();

    internal static IReadOnlyList<ImportedPolicy> ReadText(string text, string name = "sample.txt") => ImportReader.Read(name, Encoding.UTF8.GetBytes(text), AdmxLibrary.Empty);

    internal static string Refused(string text) => Assert.Throws<ProtocolException>(() => ReadText(text)).Message;

    /// <summary>A template with a policy of each kind of element, in two categories, below one of another file.</summary>
    internal const string Template = """
        <?xml version="1.0" encoding="utf-16"?>
        <policyDefinitions xmlns="http://schemas.microsoft.com/GroupPolicy/2006/07/PolicyDefinitions" revision="1.0" schemaVersion="1.0">
          <policyNamespaces><target prefix="fabrikam" namespace="Fabrikam.Policies.Browser" /><using prefix="windows" namespace="Microsoft.Policies.Windows" /></policyNamespaces>
          <categories>
            <category name="Browser" displayName="$(string.b)"><parentCategory ref="windows:Programs" /></category>
            <category name="Start_Page" displayName="$(string.s)"><parentCategory ref="Browser" /></category>
          </categories>
          <policies>
            <policy name="HomeButton" class="Both" key="Software\Policies\Fabrikam" valueName="HomeButton"><parentCategory ref="fabrikam:Browser" /></policy>
            <policy name="MachineOnly" class="Machine" key="Software\Policies\Fabrikam" valueName="M"><parentCategory ref="Browser" /></policy>
            <policy name="Pages" class="User" key="Software\Policies\Fabrikam">
              <parentCategory ref="Start_Page" />
              <elements>
                <boolean id="PagesSync" valueName="Sync" />
                <enum id="PagesOpen" valueName="Open"><item displayName="a"><value><string>AllTabs</string></value></item><item displayName="b"><value><decimal value="4" /></value></item></enum>
                <decimal id="PagesMost" valueName="Most" minValue="1" maxValue="20" />
                <text id="PagesTitle" valueName="Title" maxLength="10" />
                <multiText id="PagesNotes" valueName="Notes" />
                <list id="PagesList" key="Software\Policies\Fabrikam\Pages" />
                <list id="PagesNamed" key="Software\Policies\Fabrikam\Named" explicitValue="true" />
              </elements>
            </policy>
          </policies>
        </policyDefinitions>
        """;

    internal static AdmxFile Browser { get; } = AdmxReader.Read("Fabrikam Browser.admx", Encoding.UTF8.GetBytes(Template));
}
