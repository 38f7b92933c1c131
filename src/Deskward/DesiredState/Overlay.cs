using System.Security;
using System.Security.Cryptography;
using System.Text;

namespace Deskward.DesiredState;

/// <summary>The facts of one PC that may stand in a value.</summary>
public sealed record OverlayFacts(Guid DeviceId, string HardwareId, string Name, string? Serial, string UserAddress);

/// <summary>
/// What differs from PC to PC although they share a document: placeholders in values, written <c>{{serial}}</c>, <c>{{device-id}}</c>,
/// <c>{{hardware-id}}</c>, <c>{{name}}</c> and <c>{{user}}</c>. Windows' own macros (<c>%SERIAL%</c>) are left to Windows.
/// </summary>
public static class Overlay
{
    private const string Mark = "{{";

    /// <summary>The document with the PC's own values; the same instance when it has none.</summary>
    internal static PlannerTarget Apply(PlannerTarget target, OverlayFacts facts)
    {
        if (!target.HasPlaceholders)
        {
            return target;
        }

        return new PlannerTarget(target.Hash, [.. target.Settings.Select(setting => IsTemplate(setting) ? new PlannerSetting(Fill(setting.Setting, facts)) : setting)], target.Disputed);
    }

    /// <summary>Identifies the filled values; null when the document has no placeholder.</summary>
    internal static byte[]? HashOf(PlannerTarget target, OverlayFacts facts) =>
        target.HasPlaceholders ? SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', facts.DeviceId, facts.HardwareId, facts.Name, facts.Serial, facts.UserAddress))) : null;

    internal static bool IsTemplate(PlannerSetting setting) => setting.Setting.Value.Contains(Mark, StringComparison.Ordinal);

    private static TargetSetting Fill(TargetSetting setting, OverlayFacts facts)
    {
        // What a PC reports about itself must not become markup of a payload.
        Func<string, string> written = setting.Value.Contains('<', StringComparison.Ordinal) ? text => SecurityElement.Escape(text) : text => text;
        return setting with
        {
            Value = setting.Value
                .Replace("{{serial}}", written(facts.Serial ?? ""), StringComparison.OrdinalIgnoreCase)
                .Replace("{{device-id}}", facts.DeviceId.ToString("d"), StringComparison.OrdinalIgnoreCase)
                .Replace("{{hardware-id}}", written(facts.HardwareId), StringComparison.OrdinalIgnoreCase)
                .Replace("{{name}}", written(facts.Name), StringComparison.OrdinalIgnoreCase)
                .Replace("{{user}}", written(facts.UserAddress), StringComparison.OrdinalIgnoreCase),
        };
    }
}
