using System.CommandLine;
using System.Data.Common;
using System.Net.Sockets;

namespace Deskward.Platform;

/// <summary>What the command's verbs share: settings, services, and refusals on standard error with exit code 2.</summary>
internal static class Verb
{
    internal static Command WithSettings(string name, string description, Func<ServiceSettings, CancellationToken, Task<int>> run) =>
        WithSettings(new Command(name, description), (settings, _, cancellationToken) => run(settings, cancellationToken));

    internal static Command WithSettings(Command verb, Func<ServiceSettings, ParseResult, CancellationToken, Task<int>> run)
    {
        var options = new SettingsOptions();
        options.AddTo(verb);
        verb.SetAction(async (result, cancellationToken) =>
        {
            var settings = options.Read(result);
            if (settings.IsRefused)
            {
                return await RefuseAsync(settings.Refusal.Message);
            }

            try
            {
                return await run(settings.Value, result, cancellationToken);
            }
            catch (InvalidDataException exception)
            {
                return await RefuseAsync(exception.Message);
            }
            catch (Exception exception) when (exception.GetBaseException() is DbException or SocketException)
            {
                return await RefuseAsync($"The database cannot be used: {exception.GetBaseException().Message}. deskward doctor tells what is wrong with it.");
            }
        });
        return verb;
    }

    /// <summary>Says why not, on standard error.</summary>
    /// <returns>2, the exit code of a refusal.</returns>
    internal static async Task<int> RefuseAsync(string why)
    {
        await Console.Error.WriteLineAsync("deskward: " + why);
        return 2;
    }

    /// <summary>The product's services without the web server, for verbs that act on the database.</summary>
    internal static ServiceProvider Services(ServiceSettings settings)
    {
        var services = new ServiceCollection();
        ServiceHost.AddServices(services, settings);
        return services.BuildServiceProvider();
    }
}
