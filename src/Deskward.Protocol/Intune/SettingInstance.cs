using System.Text.Json;

namespace Deskward.Protocol.Intune;

/// <summary>How a setting of the settings catalogue holds its value.</summary>
internal enum InstanceKind { Choice, ChoiceCollection, Simple, SimpleCollection, Group, Empty }

/// <summary>What a value is.</summary>
internal enum InstanceValueKind { Plain, Secret, Hidden, Reference, Missing }

/// <summary>A value of a setting: a choice or a group with what lies below it, or a plain value.</summary>
internal sealed record InstanceValue(InstanceValueKind Kind, string Text, IReadOnlyList<SettingInstance> Children);

/// <summary>A setting of the settings catalogue (deviceManagementConfigurationSettingInstance).</summary>
/// <param name="Id">Identifier of its definition, in lower case.</param>
/// <param name="Kind">How it holds its value.</param>
/// <param name="Values">One, or as many as a collection has.</param>
internal sealed record SettingInstance(string Id, InstanceKind Kind, IReadOnlyList<InstanceValue> Values)
{
    public IEnumerable<SettingInstance> Children => Values.SelectMany(value => value.Children);
}

/// <summary>Reads the settings of a settings-catalogue policy; what it does not understand it refuses, because a half-read policy would pass for a whole one.</summary>
internal static class InstanceReader
{
    private const int Deepest = 24;

    /// <summary>The settings at the top, in the order of the file.</summary>
    public static IReadOnlyList<SettingInstance> Read(GraphObject policy) =>
        [.. policy.List("settings").Select(setting => Read(setting.Object("settingInstance") ?? setting, 0))];

    private static SettingInstance Read(GraphObject instance, int depth)
    {
        if (instance.Text("settingDefinitionId") is not { Length: > 0 and <= 1000 } id)
        {
            throw new ProtocolException($"{instance.Place} has no settingDefinitionId.");
        }
        if (depth > Deepest)
        {
            throw new ProtocolException($"A setting lies more than {Deepest} levels deep: {instance.Place}");
        }
        var (kind, values) = ValuesOf(instance, depth);
        return new SettingInstance(id.ToLowerInvariant(), kind, values);
    }

    private static (InstanceKind, IReadOnlyList<InstanceValue>) ValuesOf(GraphObject instance, int depth)
    {
        if (instance.Object("choiceSettingValue") is { } choice)
        {
            return (InstanceKind.Choice, [Choice(choice, depth)]);
        }
        if (instance.Object("simpleSettingValue") is { } simple)
        {
            return (InstanceKind.Simple, [Simple(simple)]);
        }
        if (instance.Object("groupSettingValue") is { } group)
        {
            return (InstanceKind.Group, [Group(group, depth)]);
        }
        if (instance.Find("choiceSettingCollectionValue") is not null)
        {
            return (InstanceKind.ChoiceCollection, [.. instance.List("choiceSettingCollectionValue").Select(one => Choice(one, depth))]);
        }
        if (instance.Find("simpleSettingCollectionValue") is not null)
        {
            return (InstanceKind.SimpleCollection, [.. instance.List("simpleSettingCollectionValue").Select(Simple)]);
        }
        if (instance.Find("groupSettingCollectionValue") is not null)
        {
            return (InstanceKind.Group, [.. instance.List("groupSettingCollectionValue").Select(one => Group(one, depth))]);
        }
        var foreign = instance.Properties().FirstOrDefault(property => property.Name.EndsWith("Value", StringComparison.OrdinalIgnoreCase) && property.Value.ValueKind != JsonValueKind.Null);
        return foreign.Value.ValueKind == JsonValueKind.Undefined ? (InstanceKind.Empty, [])
            : throw new ProtocolException($"{instance.Place} holds its value as {foreign.Name}, which is not known.");
    }

    private static InstanceValue Choice(GraphObject value, int depth) =>
        new(value.Text("value") is { Length: > 0 } ? InstanceValueKind.Plain : InstanceValueKind.Missing, value.Text("value") ?? "", Children(value, depth));

    private static InstanceValue Group(GraphObject value, int depth) => new(InstanceValueKind.Plain, "", Children(value, depth));

    private static SettingInstance[] Children(GraphObject value, int depth) => [.. value.List("children").Select(child => Read(child, depth + 1))];

    private static InstanceValue Simple(GraphObject value)
    {
        var isSecret = value.Type?.Contains("Secret", StringComparison.OrdinalIgnoreCase) == true || value.Text("valueState") is not null;
        if (value.Type?.Contains("Reference", StringComparison.OrdinalIgnoreCase) == true)
        {
            return new InstanceValue(InstanceValueKind.Reference, "", []);
        }
        if (value.Find("value") is not { } held)
        {
            return new InstanceValue(InstanceValueKind.Missing, "", []);
        }
        var text = held.ValueKind switch
        {
            JsonValueKind.String => held.GetString()!,
            JsonValueKind.Number => held.GetRawText(),
            JsonValueKind.True => "true",
            JsonValueKind.False => "false",
            _ => throw new ProtocolException($"{value.Place}.value is neither a text nor a number."),
        };
        // What Graph hands out of a secret is a token for it, unless it says that it is the secret itself.
        return !isSecret ? new InstanceValue(InstanceValueKind.Plain, text, [])
            : string.Equals(value.Text("valueState"), "notEncrypted", StringComparison.OrdinalIgnoreCase) ? new InstanceValue(InstanceValueKind.Secret, text, [])
            : new InstanceValue(InstanceValueKind.Hidden, "", []);
    }
}
