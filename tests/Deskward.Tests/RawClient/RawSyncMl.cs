using System.Globalization;
using System.Security;

namespace Deskward.RawClient;

/// <summary>
/// Pieces of the messages of a management client, written by hand from MS-MDM and the OMA-DM representation as plain text. Nothing here refers to the
/// product's protocol assembly.
/// </summary>
public static class RawSyncMl
{
    public static string Message(string session, int message, Uri target, string device, string commands, int? longest = null, bool final = true) => string.Create(CultureInfo.InvariantCulture,
        $"""
        <SyncML xmlns="SYNCML:SYNCML1.2"><SyncHdr><VerDTD>1.2</VerDTD><VerProto>DM/1.2</VerProto><SessionID>{session}</SessionID><MsgID>{message}</MsgID>
        <Target><LocURI>{target}</LocURI></Target><Source><LocURI>{device}</LocURI></Source>{(longest is null ? "" : $"<Meta><MaxMsgSize xmlns=\"syncml:metinf\">{longest}</MaxMsgSize></Meta>")}</SyncHdr>
        <SyncBody>{commands}{(final ? "<Final/>" : "")}</SyncBody></SyncML>
        """);

    /// <summary>What opens a session: alert 1201, who is signed in, what kind of machine this is.</summary>
    public static string PackageOne(string device, string login) =>
        $"""
        <Alert><CmdID>2</CmdID><Data>1201</Data></Alert>
        <Alert><CmdID>3</CmdID><Data>1224</Data><Item><Meta><Type xmlns="syncml:metinf">com.microsoft/MDM/LoginStatus</Type></Meta><Data>{login}</Data></Item></Alert>
        <Replace><CmdID>4</CmdID><Item><Source><LocURI>./DevInfo/DevId</LocURI></Source><Data>{device}</Data></Item>
        <Item><Source><LocURI>./DevInfo/Man</LocURI></Source><Data>Raw</Data></Item><Item><Source><LocURI>./DevInfo/Mod</LocURI></Source><Data>Bytes</Data></Item>
        <Item><Source><LocURI>./DevInfo/DmV</LocURI></Source><Data>1.3</Data></Item><Item><Source><LocURI>./DevInfo/Lang</LocURI></Source><Data>en-US</Data></Item></Replace>
        """;

    /// <summary>The alert of a PC whose person leaves management.</summary>
    public static string Leave(int id) => string.Create(CultureInfo.InvariantCulture,
        $"""
        <Alert><CmdID>{id}</CmdID><Data>1226</Data><Item><Meta><Type xmlns="syncml:metinf">com.microsoft:mdm.unenrollment.userrequest</Type>
        <Format xmlns="syncml:metinf">int</Format><Mark xmlns="syncml:metinf">critical</Mark></Meta><Data>1</Data></Item></Alert>
        """);

    public static string Alert(int id, int code) => string.Create(CultureInfo.InvariantCulture, $"<Alert><CmdID>{id}</CmdID><Data>{code}</Data></Alert>");

    public static string Status(int id, int message, string command, string name, int code, string? target = null) => string.Create(CultureInfo.InvariantCulture,
        $"<Status><CmdID>{id}</CmdID><MsgRef>{message}</MsgRef><CmdRef>{command}</CmdRef><Cmd>{name}</Cmd>{(target is null ? "" : $"<TargetRef>{Escape(target)}</TargetRef>")}<Data>{code}</Data></Status>");

    public static string Results(int id, int message, string command, string items) => string.Create(CultureInfo.InvariantCulture,
        $"<Results><CmdID>{id}</CmdID><MsgRef>{message}</MsgRef><CmdRef>{command}</CmdRef>{items}</Results>");

    /// <param name="path">Which node.</param>
    /// <param name="data">Its value, or a part of it.</param>
    /// <param name="size">Of the whole value, with the first part.</param>
    /// <param name="more">Whether parts follow.</param>
    public static string Item(string path, string data, int? size = null, bool more = false) => string.Create(CultureInfo.InvariantCulture,
        $"<Item><Source><LocURI>{Escape(path)}</LocURI></Source>{(size is null ? "" : $"<Meta><Size xmlns=\"syncml:metinf\">{size}</Size></Meta>")}<Data>{Escape(data)}</Data>{(more ? "<MoreData/>" : "")}</Item>");

    private static string Escape(string text) => SecurityElement.Escape(text);
}
