using System.Globalization;
using Deskward.Protocol.SyncMl;

namespace Deskward.Simulator;

/// <summary>What an Exec does. Accepted and under way is 202, done at once is 200; what changes the PC itself waits for the end of the session.</summary>
internal sealed class CspActions(CspTree tree, TimeProvider time)
{
    private const string Health = "./Device/Vendor/MSFT/Defender/Health/";

    private readonly List<string> _ran = [];
    private readonly List<AlertCommand> _alerts = [];

    /// <summary>What was set going and not yet taken up; at most one, the last.</summary>
    public CspRequest? Pending { get; set; }

    /// <summary>Every action that was carried out, in order: lets tests see that none ran twice.</summary>
    public IReadOnlyList<string> Ran => _ran;

    public CspRequest? TakePending()
    {
        var pending = Pending;
        Pending = null;
        return pending;
    }

    /// <summary>The alerts about actions that have ended since; they go into package 1 of the next session.</summary>
    public IReadOnlyList<AlertCommand> Alerts => [.. _alerts];

    /// <summary>The service has taken the oldest alerts.</summary>
    public void Told(int count) => _alerts.RemoveRange(0, count);

    /// <returns>SyncML status.</returns>
    public int Run(string key, string? argument)
    {
        _ran.Add(key);
        var name = key[(key.LastIndexOf('/') + 1)..];
        switch (name.ToUpperInvariant())
        {
            case "REBOOTNOW":
                Pending = CspRequest.Restart;
                return 200;
            case "UNENROLL" when key.Contains("/DMClient/", StringComparison.OrdinalIgnoreCase) && !key.Contains("/LinkedEnrollment/", StringComparison.OrdinalIgnoreCase):
                Pending = CspRequest.Unenrol;
                return 200;
            case "RENEWNOW":
                Pending = CspRequest.Renew;
                return 200;
            case "SCAN":
                return Scan(argument);
            case "UPDATESIGNATURE":
                tree.Store.Write(Health + "SignatureVersion", string.Create(CultureInfo.InvariantCulture, $"1.421.{time.GetUtcNow():MMdd}.0"));
                return 200;
            case "OFFLINESCAN":
                Pending = CspRequest.Restart;
                return 202;
            case "DOWNLOADINSTALL":
                _alerts.Add(Done(key));
                return 202;
            case "LOCK":
                return 405;
            default:
                if (name.StartsWith("doWipe", StringComparison.OrdinalIgnoreCase) || name.Equals("doAutomaticRedeployment", StringComparison.OrdinalIgnoreCase))
                {
                    Pending = CspRequest.Wipe;
                    return 202;
                }
                return 200;
        }
    }

    private int Scan(string? argument)
    {
        if (argument is not ("1" or "2"))
        {
            return 400;
        }
        var node = argument == "1" ? "QuickScanTime" : "FullScanTime";
        tree.Store.Write(Health + node, time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        return 200;
    }

    private static AlertCommand Done(string key) => new(AlertCode.ClientEvent,
    [
        new SyncItem
        {
            Source = key,
            Meta = new SyncMeta("int", "Reversed-Domain-Name:com.microsoft.mdm.win32csp_install") { Mark = "informational" },
            Data = "0",
        },
    ]);
}
