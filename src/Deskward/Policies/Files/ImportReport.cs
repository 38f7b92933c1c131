using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Deskward.Platform;
using Deskward.Protocol.Intune;

namespace Deskward.Policies.Files;

/// <summary>What became of the files of an import, as a file: per file and setting.</summary>
internal sealed class ImportReport
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    private readonly List<object> _files = [];

    /// <summary>How many files were refused.</summary>
    internal int Refused { get; private set; }

    internal int Imported { get; private set; }

    internal void Add(string name, Outcome<ImportedFile> outcome)
    {
        if (outcome.IsRefused)
        {
            Refused++;
            _files.Add(new { File = name, Refused = outcome.Refusal.Message });
            return;
        }

        Imported++;
        _files.Add(new
        {
            File = name,
            Counts = Counts(outcome.Value.Policies),
            Policies = outcome.Value.Policies.Select(Policy),
            Settings = outcome.Value.Policies.SelectMany(Settings),
            Completed = outcome.Value.Completed is [] ? null : outcome.Value.Completed.Select(one => new { Policy = Policy(one), Settings = Settings(one) }),
        });
    }

    /// <summary>One line per file for a person.</summary>
    internal static string LineOf(string name, Outcome<ImportedFile> outcome) => outcome.IsRefused ? $"{name}: refused. {outcome.Refusal.Message}"
        : $"{name}: {string.Join(", ", Enum.GetValues<ImportState>().Select(state => $"{outcome.Value.Policies.Sum(one => one.Policy.Count(state))} {WordOf(state)}"))}"
            + string.Concat(outcome.Value.Policies.Select(one => one.PolicySet is { } set ? $"; {WordOf(one.Result)} {one.Policy.Name} ({set})" : ""))
            + string.Concat(outcome.Value.Completed.Select(one => $"; completed {one.Policy.Name}"));

    internal Task WriteAsync(Stream target, string organisation, CancellationToken cancellationToken) =>
        JsonSerializer.SerializeAsync(target, new { Organisation = organisation, Files = _files }, Options, cancellationToken);

    internal static string WordOf(ImportState state) => state switch
    {
        ImportState.Accepted => "accepted", ImportState.Changed => "changed", ImportState.NeedsAdmx => "needs-admx", ImportState.NotSupported => "not-supported",
    };

    private static string WordOf(ImportResult result) => result switch
    {
        ImportResult.Made => "made", ImportResult.NewVersion => "new version of", ImportResult.Unchanged => "unchanged", ImportResult.Nothing => "nothing of",
    };

    private static Dictionary<string, int> Counts(IReadOnlyList<ImportOutcome> policies)
    {
        var counts = Enum.GetValues<ImportState>().ToDictionary(WordOf, state => policies.Sum(one => one.Policy.Count(state)));
        counts["settings"] = policies.Sum(one => one.Policy.Settings.Count);
        return counts;
    }

    private static object Policy(ImportOutcome outcome) =>
        new { outcome.Policy.Name, Kind = outcome.Policy.Kind.ToString(), Result = outcome.Result.ToString(), outcome.PolicySet, Counts = Counts([outcome]) };

    private static IEnumerable<object> Settings(ImportOutcome outcome) => outcome.Policy.Settings
        .Select(setting => new { Policy = outcome.Policy.Name, setting.Name, setting.Depth, State = WordOf(setting.State), setting.LocUri, setting.Value, setting.Reason, setting.Template });
}
