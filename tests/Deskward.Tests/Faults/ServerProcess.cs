using System.Diagnostics;
using System.Globalization;
using Deskward.Platform;

namespace Deskward.Faults;

/// <summary>A node as a process of its own, which can be killed.</summary>
internal sealed class ServerProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private readonly Process _process;

    private ServerProcess(Process process) => _process = process;

    /// <summary>Starts a node and waits until it serves.</summary>
    internal static async Task<ServerProcess> StartAsync(ServiceSettings settings)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "deskward.dll"), "serve", .. Options(settings)]) { RedirectStandardOutput = true };
        var process = Process.Start(start)!;
        while (await process.StandardOutput.ReadLineAsync().WaitAsync(Patience) is { } line)
        {
            if (line.StartsWith("Deskward is serving", StringComparison.Ordinal))
            {
                _ = process.StandardOutput.ReadToEndAsync();
                return new ServerProcess(process);
            }
        }

        throw new InvalidOperationException("The server ended by itself.");
    }

    /// <summary>SIGKILL; returns when it is gone.</summary>
    internal void Kill()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }
    }

    public void Dispose()
    {
        Kill();
        _process.Dispose();
    }

    private static string[] Options(ServiceSettings settings)
    {
        string[] options = ["--data", settings.Data, "--database", settings.Database, "--public-url", settings.PublicUrl.AbsoluteUri, "--management-url", settings.ManagementUrl.AbsoluteUri];
        if (settings.Mail is { } mail)
        {
            options = [.. options, "--smtp-host", mail.Host, "--smtp-port", mail.Port.ToString(CultureInfo.InvariantCulture), "--smtp-security", mail.Security.ToString().ToLowerInvariant(),
                "--smtp-root", mail.RootFile!, "--smtp-user", mail.User!, "--smtp-password", mail.Password!, "--mail-from", mail.From];
        }

        return settings is { Listen: { } listen, ListenManagement: { } management } ? [.. options, "--listen", listen.ToString(), "--listen-management", management.ToString()] : options;
    }
}
