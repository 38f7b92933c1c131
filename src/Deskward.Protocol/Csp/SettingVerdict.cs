namespace Deskward.Protocol.Csp;

/// <summary>The answer of <see cref="Catalogue.Check"/>: a <see cref="CheckedSetting"/> or a <see cref="SettingRefusal"/>.</summary>
public abstract record SettingVerdict
{
    private protected SettingVerdict() { }
}

/// <summary>A setting that may be sent as it stands here.</summary>
/// <param name="Node">Its facts.</param>
/// <param name="Path">The path as the DDF writes it, dynamic segments percent-encoded.</param>
/// <param name="Format">Meta/Format.</param>
/// <param name="Value">The value in its canonical spelling.</param>
public sealed record CheckedSetting(CatalogueNode Node, string Path, string Format, string Value) : SettingVerdict
{
    /// <summary>What was brought into canonical form.</summary>
    public SettingChanges Changes { get; init; }
}

/// <summary>What the check brought into canonical form.</summary>
[Flags]
public enum SettingChanges
{
    None = 0,

    /// <summary>The spelling of the path.</summary>
    Path = 1,

    /// <summary>Surrounding quotes were taken off.</summary>
    Quotes = 2,

    /// <summary>A boolean is written in lower case.</summary>
    Boolean = 4,

    /// <summary>The payload's tags, attributes or white space, or the spelling of the value.</summary>
    Spelling = 8,
}

/// <summary>Why a setting is refused.</summary>
public enum RefusalReason
{
    /// <summary>No node has this path.</summary>
    UnknownPath,

    /// <summary>A dynamic segment still holds its placeholder.</summary>
    PlaceholderInPath,

    /// <summary>A dynamic segment's name breaks the rule for such names.</summary>
    NameNotAllowed,

    /// <summary>An interior node holds no value.</summary>
    NotASetting,

    /// <summary>The node is read, or deleted, and never written.</summary>
    ReadOnly,

    /// <summary>The node is an action (Exec): a command, not a setting.</summary>
    Action,

    /// <summary>An argument for a node that is no action.</summary>
    NotAnAction,

    /// <summary>The given format is not the node's.</summary>
    WrongFormat,

    /// <summary>The value is not of the format (a number, a boolean, base64, a time).</summary>
    WrongType,

    /// <summary>None of the enumerated values, or bits that no flag has.</summary>
    NotInList,

    OutOfRange,

    /// <summary>It does not match the pattern.</summary>
    NoMatch,

    /// <summary>No ADMX payload.</summary>
    BadPayload,

    /// <summary>Not well-formed XML, or another root element than required.</summary>
    BadXml,

    BadJson,

    BadSddl,

    /// <summary>A value where the node takes none.</summary>
    NoValueExpected,

    /// <summary>A character that no XML message can carry.</summary>
    BadCharacter,

    /// <summary>Longer than an object may be.</summary>
    TooLong,
}

/// <summary>A setting that must not be sent, with everything a person needs to put it right.</summary>
/// <param name="Reason">Why; for programs and translation.</param>
/// <param name="Path">The path as given.</param>
/// <param name="Value">The value as given.</param>
/// <param name="Message">One sentence or two in English for a person; no control characters.</param>
public sealed record SettingRefusal(RefusalReason Reason, string Path, string Value, string Message) : SettingVerdict
{
    /// <summary>The node, when the path is right.</summary>
    public CatalogueNode? Node { get; init; }

    /// <summary>What is allowed, in words that hold in any language where possible ("0, 1, 2", "[0-50]"); null when that is not the point.</summary>
    public string? Allowed { get; init; }

    /// <summary>What exactly is wrong, e.g. where in a payload; null when the reason says all.</summary>
    public string? Detail { get; init; }

    /// <summary>The nearest path that exists; null when the path is right or nothing is near.</summary>
    public string? Nearest { get; init; }

    /// <summary>A path and value that would be accepted and probably are what was meant; null when there is no good guess.</summary>
    public SettingRepair? Repair { get; init; }
}

/// <summary>The probable intention behind a refused setting; accepted by the check.</summary>
public sealed record SettingRepair(string Path, string Value);
