using Deskward.Platform;

namespace Deskward.Notices;

/// <summary>Whether mail can leave: for <c>doctor</c>, and for the readiness of a customer.</summary>
internal static class MailServerCheck
{
    internal static async Task<IReadOnlyList<Finding>> RunAsync(ServiceSettings settings, CancellationToken cancellationToken)
    {
        if (settings.Mail is not { } server)
        {
            return [new(Gravity.Advice, "No mail server is given (--smtp-host): messages are shown in the portal alone.")];
        }

        var opened = await SmtpConnection.OpenAsync(settings, server, cancellationToken);
        if (opened.IsRefused)
        {
            return [new(Gravity.Advice, opened.Refusal.Message)];
        }

        await opened.Value.DisposeAsync();
        return [new(Gravity.Good, $"The mail server {server} answers{(server.User is null ? "." : " and lets the service in.")}")];
    }
}
