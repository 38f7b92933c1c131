using Deskward.Protocol.SyncMl;

namespace Deskward.Sessions;

/// <summary>What a PC says by itself: alerts, and DevInfo in a Replace.</summary>
internal static class SessionAlerts
{
    private const string DevInfo = "./DevInfo/";

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

        if (conversation.LoginStatus is { } status)
        {
            conversation.Facts = conversation.Facts with { IsUserSignedIn = IsUser(status) };
        }
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
            else if (alert.Code == AlertCode.Generic && type == AlertCode.UnenrolType)
            {
                conversation.HasUnenrolled = true;
            }
            else if (alert.Code is AlertCode.ClientEvent or AlertCode.Generic)
            {
                conversation.Events.Add((type, item.Data));
            }
        }
    }

    private static void Take(Conversation conversation, ItemCommand replace)
    {
        foreach (var item in replace.Items)
        {
            if (item.Source is { } source && source.StartsWith(DevInfo, StringComparison.OrdinalIgnoreCase))
            {
                conversation.Reported[source] = item.Data;
            }
        }
    }
}
