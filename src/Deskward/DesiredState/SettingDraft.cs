using System.Globalization;
using System.Text;
using Deskward.Platform;
using Deskward.Protocol.Csp;

namespace Deskward.DesiredState;

/// <summary>Why a line cannot stand in a policy set.</summary>
/// <param name="Line">Its number, from 1.</param>
/// <param name="Name">What the source calls it.</param>
/// <param name="Path">The path as given.</param>
/// <param name="Message">What is wrong and what would be right; names no secret.</param>
/// <param name="Verdict">What the catalogue says in detail; null when the line breaks another rule.</param>
public sealed record RefusedLine(int Line, string Name, string Path, string Message, SettingRefusal? Verdict);

/// <summary>The checked lines of a policy set to be: all of them good, or the list of what is wrong.</summary>
/// <param name="Settings">The accepted settings in the order of their paths.</param>
/// <param name="Refused">What is wrong, in the order of the lines; empty when a policy set can be made.</param>
public sealed record SettingDraft(IReadOnlyList<PolicySetting> Settings, IReadOnlyList<RefusedLine> Refused)
{
    /// <summary>How many settings a policy set may hold.</summary>
    public const int MostSettings = 5_000;

    /// <summary>How many bytes its paths and values may have together.</summary>
    public const int LargestSize = 16 * 1024 * 1024;

    /// <summary>Checks lines against the catalogue. Nothing is stored.</summary>
    /// <param name="lines">The lines; a secret's value is hashed and wrapped for the organisation.</param>
    /// <param name="secrets">Wraps secrets for the organisation that the policy set is for.</param>
    internal static SettingDraft Check(IReadOnlyList<SettingLine> lines, SecretValues secrets)
    {
        if (lines.Count > MostSettings)
        {
            return TooMuch($"A policy set holds at most {MostSettings} settings; these are {lines.Count}.");
        }

        if (lines.Sum(line => (long)Encoding.UTF8.GetByteCount(line.Path) + Encoding.UTF8.GetByteCount(line.Value)) > LargestSize)
        {
            return TooMuch($"The paths and values of a policy set may have {LargestSize / 1024 / 1024} MB together.");
        }

        var settings = new Dictionary<string, (PolicySetting Setting, int Line)>(StringComparer.OrdinalIgnoreCase);
        var refused = new List<RefusedLine>();
        foreach (var line in lines)
        {
            if (Check(line, secrets, settings) is { } refusal)
            {
                refused.Add(refusal);
            }
        }

        return new SettingDraft([.. settings.Values.Select(value => value.Setting).OrderBy(setting => setting.Path, StringComparer.Ordinal)], refused);
    }

    /// <summary>The refusals as one, with a line of detail each; null when nothing was refused.</summary>
    internal Refusal? Refusal => Refused switch
    {
        [] => Settings.Count > 0 ? null : Platform.Refusal.Invalid("A policy set needs at least one setting."),
        [var one] => Platform.Refusal.Invalid(one.Line == 0 ? one.Message : $"Line {one.Line}: {one.Message}"),
        _ => Platform.Refusal.Invalid(string.Create(CultureInfo.InvariantCulture, $"{Refused.Count} lines are refused; the first: line {Refused[0].Line}: {Refused[0].Message}"))
            with { Details = [.. Refused.Select(line => string.Create(CultureInfo.InvariantCulture, $"Line {line.Line}: {line.Message}"))] },
    };

    private static SettingDraft TooMuch(string message) => new([], [new RefusedLine(0, "", "", message, null)]);

    private static RefusedLine? Check(SettingLine line, SecretValues secrets, Dictionary<string, (PolicySetting Setting, int Line)> settings)
    {
        if (line.Path.Length == 0)
        {
            return new RefusedLine(line.Line, line.Name, "", "The line does not hold a path and a value with tabs between them.", null);
        }

        if (Catalogue.Default.Check(line.Path, line.Format, line.Value) is not CheckedSetting accepted)
        {
            return Refuse(line, (SettingRefusal)Catalogue.Default.Check(line.Path, line.Format, line.Value));
        }

        var setting = new PolicySetting
        {
            Path = accepted.Path,
            Format = accepted.Format,
            Value = line.IsSecret ? secrets.Fingerprint(accepted.Value) : accepted.Value,
            Wrapped = line.IsSecret ? secrets.Wrap(accepted.Value) : null,
            IsOverridable = line.IsOverridable,
            Node = accepted.Node,
            AtomicGroup = Catalogue.Default.AtomicGroupOf(accepted.Path),
        };
        return settings.TryAdd(setting.Path, (setting, line.Line))
            ? null
            : new RefusedLine(line.Line, line.Name, line.Path, $"Line {settings[setting.Path].Line} sets the same path ({setting.Path}).", null);
    }

    private static RefusedLine Refuse(SettingLine line, SettingRefusal refusal) => line.IsSecret
        ? new RefusedLine(line.Line, line.Name, line.Path, $"The secret value is not one that {refusal.Node?.Path ?? refusal.Path} takes ({refusal.Reason}).", null)
        : new RefusedLine(line.Line, line.Name, line.Path, refusal.Message, refusal);
}

/// <summary>Secret values of one organisation: wrapped for the database, and a keyed hash that tells equal from different and nothing else.</summary>
/// <param name="key">The service key.</param>
/// <param name="tenant">The organisation; another one's wrapped value does not open.</param>
internal sealed class SecretValues(ServiceKey key, Guid tenant)
{
    private readonly string _purpose = $"desired-state/{tenant:n}";

    internal byte[] Wrap(string value) => key.Wrap(Encoding.UTF8.GetBytes(value), _purpose);

    internal string Unwrap(byte[] wrapped) => Encoding.UTF8.GetString(key.Unwrap(wrapped, _purpose));

    internal string Fingerprint(string value) => Convert.ToBase64String(key.Hash(Encoding.UTF8.GetBytes(value), _purpose));
}
