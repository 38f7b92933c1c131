namespace Deskward.Protocol.Intune;

/// <summary>What became of a setting of a file.</summary>
public enum ImportState
{
    /// <summary>Taken as it is.</summary>
    Accepted,

    /// <summary>Taken in another spelling or form; the reason says which.</summary>
    Changed,

    /// <summary>To be had when the ADMX file is supplied that defines it.</summary>
    NeedsAdmx,

    /// <summary>Not taken; the reason says why.</summary>
    NotSupported,
}

/// <summary>What a file, or a part of it, is.</summary>
public enum ImportedKind { SettingsCatalogue, Compliance, UpdateRing, DriverProfile, HealthMonitoring, CustomProfile, SettingTable, Template }

/// <summary>One setting of a file, children included, and what became of it.</summary>
/// <param name="Name">What the file calls it.</param>
/// <param name="State">What became of it.</param>
public sealed record ImportedSetting(string Name, ImportState State)
{
    /// <summary>How deep below another setting it stands; 0 is the top.</summary>
    public int Depth { get; init; }

    /// <summary>The node that it sets, alone or as a part of its value; null when it sets none.</summary>
    public string? LocUri { get; init; }

    /// <summary>The value, or its part of the value; null when there is none, or it is a secret.</summary>
    public string? Value { get; init; }

    /// <summary>Why; null when there is nothing to say.</summary>
    public string? Reason { get; init; }

    /// <summary>The template to supply, as far as it is known: a file name, or the beginning of the identifiers. Null when none is needed.</summary>
    public string? Template { get; init; }
}

/// <summary>A setting for PCs that came of a file.</summary>
/// <param name="Path">LocURI in the catalogue's spelling; no two of a policy name the same node.</param>
/// <param name="Format">Meta/Format.</param>
/// <param name="Value">The value in its canonical spelling.</param>
/// <param name="Name">What the file calls it.</param>
public sealed record ImportedLine(string Path, string Format, string Value, string Name)
{
    /// <summary>To be kept secret.</summary>
    public bool IsSecret { get; init; }

    /// <summary>A higher layer may override it.</summary>
    public bool IsOverridable { get; init; }
}

/// <summary>A policy of a file, read whole.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Name">Its name; that of the file when it has none.</param>
/// <param name="Description">What it says of itself; may be empty.</param>
/// <param name="Settings">Each setting of it, in the order of the file.</param>
/// <param name="Lines">What PCs are to be told, ingested templates included.</param>
public sealed record ImportedPolicy(ImportedKind Kind, string Name, string Description, IReadOnlyList<ImportedSetting> Settings, IReadOnlyList<ImportedLine> Lines)
{
    /// <summary>Its id where it comes from; null when it has none.</summary>
    public string? SourceId { get; init; }

    /// <summary>The policy as it stands in the file: read again, alone, it gives the same.</summary>
    public string Source { get; init; } = "";

    /// <summary>How many settings ended so.</summary>
    public int Count(ImportState state) => Settings.Count(setting => setting.State == state);
}
