using Deskward.DesiredState;
using Deskward.Protocol.SyncMl;

namespace Deskward.Sessions;

/// <summary>What a PC says by itself: alerts, and DevInfo in a Replace.</summary>
internal static class SessionAlerts
{
    private const int MostEvents = 50;
    private static readonly string[] DevInfo = ["./DevInfo/DevId", "./DevInfo/Man", "./DevInfo/Mod", "./DevInfo/DmV", "./DevInfo/Lang"];

    internal static void Take(Conversation conversation)
    {
        foreach (var command in conversation.Message.Commands)
        {
            switch (command)
            {
                case AlertCommand alert:
                    Take(conversation, alert);
                    break;
                case ItemCommand { Verb: SyncVerb.Replace } replace:
                    Take(conversation, replace);
                    break;
                default:
                    break;
            }
        }

        var scope = conversation.State.Scope;
        var isSignedIn = conversation.LoginStatus is { } status ? IsUser(status) : conversation.Facts.IsUserSignedIn;
        conversation.Facts = conversation.Facts with { IsUserSignedIn = isSignedIn && scope != SyncScope.Device, IsForUserAlone = scope == SyncScope.User };
    }

    /// <summary>Whether a LoginStatus says that the PC's own user is signed in; the case differs between builds.</summary>
    internal static bool IsUser(string? loginStatus) => string.Equals(loginStatus, "user", StringComparison.OrdinalIgnoreCase);

    private static void Take(Conversation conversation, AlertCommand alert)
    {
        conversation.WasAborted |= alert.Code == AlertCode.SessionAbort;
        foreach (var item in alert.Items)
        {
            var type = item.Meta?.Type ?? "";
            if (alert.Code == AlertCode.ClientEvent && type == AlertCode.LoginStatusType)
            {
                conversation.LoginStatus = item.Data?.Trim();
            }
            else if (alert.Code == AlertCode.ClientEvent && type == AlertCode.SyncTypeType)
            {
                conversation.State.Scope = Enum.TryParse<SyncScope>(item.Data?.Trim(), ignoreCase: true, out var scope) && Enum.IsDefined(scope) ? scope : SyncScope.Mixed;
            }
            else if (alert.Code == AlertCode.ClientEvent && type == AlertCode.UserTokenType)
            {
                // A secret that nobody here needs: it is not kept.
            }
            else if (alert.Code == AlertCode.ClientEvent && type == AlertCode.PendingType)
            {
                conversation.IsAtWork = true;
            }
            else if (alert.Code == AlertCode.Generic && type == AlertCode.UnenrolType)
            {
                conversation.HasUnenrolled = true;
            }
            else if ((alert.Code is AlertCode.ClientEvent or AlertCode.Generic) && conversation.Events.Count < MostEvents)
            {
                conversation.Events.Add(new DeviceEvent(type, item.Source, item.Data));
                if (item.Source is { Length: > 0 } source)
                {
                    // What was accepted with 202 has come to its end: it is looked at in this very session.
                    conversation.Evidence.Ended(conversation.Target, source, item.Data, conversation.Now);
                }
            }
        }
    }

    private static void Take(Conversation conversation, ItemCommand replace)
    {
        foreach (var item in replace.Items)
        {
            // Those that Windows has, and no others: a PC must not fill its row with what it makes up.
            if (DevInfo.FirstOrDefault(path => path.Equals(item.Source, StringComparison.OrdinalIgnoreCase)) is { } known)
            {
                conversation.State.Report(known, item.Data);
            }
        }
    }
}
