using System.Text;
using System.Text.Json;
using Deskward.Protocol.Csp;

namespace Deskward.Protocol.Intune;

/// <summary>Reads and writes custom profiles (windows10CustomConfiguration): OMA-URIs with their values.</summary>
public static class CustomProfile
{
    /// <summary>What marks, in a profile that we wrote, a setting that a higher layer may override; others pass over it.</summary>
    private const string Overridable = "@deskward.overridable";

    private const string Masked = "****";

    internal static void Read(GraphObject profile, ImportSheet sheet)
    {
        foreach (var setting in profile.List("omaSettings"))
        {
            var path = setting.Text("omaUri");
            var row = sheet.Begin(setting.Text("displayName") is { Length: > 0 } name ? name : path ?? setting.Place);
            row.LocUri = path;
            if (string.IsNullOrWhiteSpace(path))
            {
                row.Refuse(Reasons.NoOmaUri);
            }
            else if (setting.Find("isEncrypted") is { ValueKind: JsonValueKind.True } || setting.Text("value") == Masked)
            {
                row.Refuse(Reasons.Masked);
            }
            else if (setting.Find("value") is not { } held || FlatProfile.TextOf(held) is not { } value)
            {
                row.Refuse(Reasons.Missing);
            }
            else
            {
                var (format, text) = Plain(setting.Type ?? "", value);
                sheet.Write(row, path, text, format, isOverridable: setting.Find(Overridable) is { ValueKind: JsonValueKind.True });
            }
        }
    }

    /// <summary>Writes a profile that <see cref="ImportReader"/> reads as the same settings.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="name">Its name.</param>
    /// <param name="description">What it says of itself.</param>
    /// <param name="lines">The settings; the value of a secret is left out and said to be encrypted.</param>
    public static void Write(Stream output, string name, string description, IEnumerable<ImportedLine> lines)
    {
        using var json = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteString("@odata.type", "#microsoft.graph.windows10CustomConfiguration");
        json.WriteString("displayName", name);
        json.WriteString("description", description);
        json.WriteStartArray("omaSettings");
        foreach (var line in lines)
        {
            Write(json, line);
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, ImportedLine line)
    {
        json.WriteStartObject();
        json.WriteString("@odata.type", "#microsoft.graph." + TypeOf(line.Format));
        json.WriteString("displayName", line.Name);
        json.WriteString("omaUri", line.Path);
        if (line.IsOverridable)
        {
            json.WriteBoolean(Overridable, true);
        }
        if (line.IsSecret)
        {
            json.WriteBoolean("isEncrypted", true);
            json.WriteString("value", Masked);
        }
        else
        {
            WriteValue(json, line);
        }
        json.WriteEndObject();
    }

    private static void WriteValue(Utf8JsonWriter json, ImportedLine line)
    {
        switch (line.Format)
        {
            case "int" when ValueText.TryInt(line.Value, out var number):
                json.WriteNumber("value", number);
                break;
            case "bool" when ValueText.TryBool(line.Value, out var flag):
                json.WriteBoolean("value", flag);
                break;
            case "xml":
                json.WriteString("fileName", "value.xml");
                json.WriteBase64String("value", Encoding.UTF8.GetBytes(line.Value));
                break;
            default:
                json.WriteString("value", line.Value);
                break;
        }
    }

    private static string TypeOf(string format) => format switch
    {
        "int" => "omaSettingInteger",
        "bool" => "omaSettingBoolean",
        "b64" or "bin" => "omaSettingBase64",
        "xml" => "omaSettingStringXml",
        "float" => "omaSettingFloatingPoint",
        "time" or "date" => "omaSettingDateTime",
        _ => "omaSettingString",
    };

    private static (string? Format, string Value) Plain(string type, string value) => type.ToUpperInvariant() switch
    {
        "OMASETTINGSTRING" => ("chr", value),
        "OMASETTINGINTEGER" => ("int", value),
        "OMASETTINGBOOLEAN" => ("bool", value),
        "OMASETTINGBASE64" => ("b64", value),
        "OMASETTINGSTRINGXML" => ("xml", Unpacked(value)),
        "OMASETTINGFLOATINGPOINT" => ("float", value),
        "OMASETTINGDATETIME" => ("time", value),
        _ => (null, value),
    };

    /// <summary>The text of a file that is kept packed; a value that is no packed text is the text itself.</summary>
    private static string Unpacked(string value)
    {
        var bytes = new byte[value.Length];
        try
        {
            return Convert.TryFromBase64String(value, bytes, out var length) ? TextBytes.Decode(bytes.AsSpan(0, length)) : value;
        }
        catch (ProtocolException)
        {
            return value;
        }
    }
}
