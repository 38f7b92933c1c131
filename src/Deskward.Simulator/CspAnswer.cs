using Deskward.Protocol.SyncMl;

namespace Deskward.Simulator;

/// <summary>One item of a command, as the tree sees it.</summary>
/// <param name="Verb">What is asked.</param>
/// <param name="Path">Target/LocURI as it came.</param>
/// <param name="Meta">Meta of the item, or else of the command.</param>
/// <param name="Data">Data; null when there is none.</param>
/// <param name="InAtomic">Whether the command stands in an Atomic.</param>
internal readonly record struct CspCommand(SyncVerb Verb, string Path, SyncMeta? Meta = null, string? Data = null, bool InAtomic = false);

/// <summary>What the tree answers.</summary>
/// <param name="Status">SyncML status.</param>
/// <param name="Data">Value of a Get that succeeded.</param>
/// <param name="Format">Its format.</param>
internal readonly record struct CspAnswer(int Status, string? Data = null, string? Format = null)
{
    /// <summary>Which rule of the protocol the service has broken by asking this; null: none. A refused value breaks none.</summary>
    public string? Broken { get; init; }

    public bool Succeeded => Status is >= 200 and < 300;
}

/// <summary>What an Exec has set going; it happens when the session is over, an unenrolment at once.</summary>
internal enum CspRequest { Restart, Unenrol, Renew, Wipe }
