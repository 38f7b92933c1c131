using Deskward.Protocol.Csp;
using Deskward.Protocol.SyncMl;

namespace Deskward.Protocol.Intune;

/// <summary>A line of the report while it is written.</summary>
internal sealed class ImportRow(string name, int depth)
{
    public string Name => name;

    public ImportState State { get; set; } = ImportState.NotSupported;

    public string? LocUri { get; set; }

    public string? Value { get; set; }

    public string? Reason { get; set; }

    public string? Template { get; set; }

    public bool IsTaken => State is ImportState.Accepted or ImportState.Changed;

    public ImportedSetting Done() => new(name, State) { Depth = depth, LocUri = LocUri, Value = Value, Reason = Reason, Template = Template };

    public void Refuse(string reason) => (State, Reason) = (ImportState.NotSupported, reason);
}

/// <summary>What comes of a policy: a row per setting of the file, and the settings for PCs, checked against the catalogue.</summary>
internal sealed class ImportSheet(Catalogue catalogue)
{
    private const int MostRows = 20_000;
    private readonly List<ImportRow> _rows = [];
    private readonly Dictionary<string, ImportedLine> _lines = new(StringComparer.Ordinal);

    /// <summary>How many rows there are.</summary>
    public int Count => _rows.Count;

    /// <summary>Whether a row that was begun since there were so many was taken.</summary>
    public bool IsTakenSince(int count) => _rows.Skip(count).Any(row => row.IsTaken);

    /// <summary>Begins the row of a setting.</summary>
    /// <exception cref="ProtocolException">There are too many.</exception>
    public ImportRow Begin(string name, int depth = 0)
    {
        if (_rows.Count == MostRows)
        {
            throw new ProtocolException($"A policy may hold {MostRows} settings.");
        }
        var row = new ImportRow(name, depth);
        _rows.Add(row);
        return row;
    }

    /// <summary>Sets a node from a row; the row says what came of it.</summary>
    /// <param name="row">The row.</param>
    /// <param name="path">LocURI.</param>
    /// <param name="value">Its value.</param>
    /// <param name="format">Meta/Format where the file states it.</param>
    /// <param name="change">What was changed to make this of it; null when nothing was.</param>
    /// <param name="isSecret">The value goes into no report.</param>
    /// <param name="isOverridable">A higher layer may override it.</param>
    public void Write(ImportRow row, string path, string value, string? format = null, string? change = null, bool isSecret = false, bool isOverridable = false)
    {
        row.LocUri = path;
        row.Value = isSecret ? null : value;
        var verdict = catalogue.Check(path, format, value);
        if (verdict is SettingRefusal { Reason: RefusalReason.WrongFormat })
        {
            (verdict, change) = (catalogue.Check(path, null, value), change ?? Reasons.OwnFormat);
        }
        if (verdict is not CheckedSetting setting)
        {
            row.Refuse(isSecret ? Reasons.SecretRefused : ((SettingRefusal)verdict).Message);
            return;
        }
        row.LocUri = setting.Path;
        row.Value = isSecret ? null : setting.Value;
        var line = new ImportedLine(setting.Path, setting.Format, setting.Value, row.Name) { IsSecret = isSecret, IsOverridable = isOverridable };
        if (!_lines.TryAdd(LocUri.KeyOf(setting.Path), line))
        {
            var first = _lines[LocUri.KeyOf(setting.Path)];
            if (first.Value != setting.Value)
            {
                row.Refuse(Reasons.SetTwice(first.Name));
                return;
            }
            change ??= Reasons.SetAgain(first.Name);
        }
        change ??= setting.Changes == SettingChanges.None ? null : Reasons.Spelling(setting.Changes);
        (row.State, row.Reason) = (change is null ? ImportState.Accepted : ImportState.Changed, change);
    }

    /// <summary>Sets a node from several rows: what stands in the parts becomes its one value.</summary>
    public void Compose(ImportRow whole, IReadOnlyList<ImportRow> parts, string path, string value, string? change = null)
    {
        Write(whole, path, value, change: change);
        foreach (var part in parts)
        {
            (part.State, part.LocUri) = (whole.State == ImportState.Changed ? ImportState.Accepted : whole.State, whole.LocUri);
            part.Reason = whole.IsTaken ? Reasons.Part : whole.Reason;
        }
    }

    /// <summary>Adds a setting that the file does not name and what it names needs: an ingested template.</summary>
    public void Require(string path, string value, string name)
    {
        if (catalogue.Check(path, null, value) is CheckedSetting setting)
        {
            _lines.TryAdd(LocUri.KeyOf(setting.Path), new ImportedLine(setting.Path, setting.Format, setting.Value, name));
        }
    }

    public ImportedPolicy Done(ImportedKind kind, string name, string description, string? id) =>
        new(kind, name, description, [.. _rows.Select(row => row.Done())], [.. _lines.Values]) { SourceId = id };
}
