using Deskward.Protocol.Xml;

namespace Deskward.Protocol.SyncMl;

/// <summary>The element names of SyncML that mean something here; all others are <see cref="Unknown"/>.</summary>
internal enum SyncMlName
{
    Unknown, SyncML, SyncHdr, SyncBody, Final, SessionID, MsgID, CmdID, MsgRef, CmdRef, Cmd, TargetRef, SourceRef,
    Add, Replace, Delete, Get, Exec, Atomic, Sequence, Alert, Status, Results, Item, Target, Source, LocURI, LocName, Data, MoreData,
    Cred, Chal, Meta, MetInf, Format, Type, Size, Mark, NextNonce, MaxMsgSize, MaxObjSize,
}

/// <summary>Recognises names by their bytes, so that reading makes no strings of them.</summary>
internal static class SyncMlNames
{
    // By length; then a comparison or two decides.
    private static readonly (byte[] Text, SyncMlName Name)[][] ByLength =
        [.. Enumerable.Range(0, 11).Select(length => Enum.GetValues<SyncMlName>()
            .Where(name => name != SyncMlName.Unknown && name.ToString().Length == length)
            .Select(name => (System.Text.Encoding.ASCII.GetBytes(name.ToString()), name)).ToArray())];

    /// <summary>The name of the element that was opened last; unknown also when it is in a namespace of somebody else.</summary>
    public static SyncMlName Known(this in Utf8XmlReader reader)
    {
        var name = reader.Name;
        if (name.Length >= ByLength.Length || reader.IsForeign)
        {
            return SyncMlName.Unknown;
        }
        foreach (var (text, known) in ByLength[name.Length])
        {
            if (name.SequenceEqual(text))
            {
                return known;
            }
        }
        return SyncMlName.Unknown;
    }
}
