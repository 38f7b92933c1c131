using Deskward.Protocol.SyncMl;

namespace Deskward.Sessions;

/// <summary>A session in which there is nothing to do: its one answer follows from its one message.</summary>
internal static class QuietSession
{
    /// <summary>
    /// Whether the message is a package 1 and nothing else: alerts 1200 or 1201, LoginStatus, DevInfo. Anything more is an event that has to be kept.
    /// </summary>
    internal static bool IsPlain(SyncMlMessage message, out string? loginStatus)
    {
        loginStatus = null;
        if (message.Header.MessageId != 1 || !message.Final)
        {
            return false;
        }

        foreach (var command in message.Commands)
        {
            switch (command)
            {
                case AlertCommand { Code: AlertCode.ServerInitiated or AlertCode.ClientInitiated }:
                    break;
                case AlertCommand { Code: AlertCode.ClientEvent, Items: [{ Meta.Type: AlertCode.LoginStatusType } item] }:
                    loginStatus = item.Data;
                    break;
                case ItemCommand { Verb: SyncVerb.Replace } replace when replace.CommandId is not null && IsDeviceInfo(replace):
                    break;
                default:
                    return false;
            }
        }

        return true;
    }

    /// <summary>Statuses and the end of the session.</summary>
    internal static byte[] Answer(SyncMlMessage message)
    {
        var statuses = new List<SyncCommand>(message.Commands.Count + 1) { SessionStatuses.Header(message.Header, SyncStatus.Ok) with { CommandId = "1" } };
        foreach (var command in message.Commands)
        {
            statuses.Add(SessionStatuses.Of(message.Header, command)! with { CommandId = OutgoingMessage.Text(statuses.Count + 1) });
        }

        var header = new SyncHeader { SessionId = message.Header.SessionId, MessageId = 1, Target = message.Header.Source, Source = message.Header.Target };
        return SyncMlWriter.Write(new SyncMlMessage(header, statuses, true));
    }

    private static bool IsDeviceInfo(ItemCommand replace)
    {
        foreach (var item in replace.Items)
        {
            if (item.Source?.StartsWith("./DevInfo/", StringComparison.OrdinalIgnoreCase) != true)
            {
                return false;
            }
        }

        return true;
    }
}
