using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Deskward.Benchmarks.Load;
using Deskward.Simulator;

namespace Deskward.Benchmarks.Sessions;

/// <summary>A message of a PC and the answer it got.</summary>
internal sealed record RecordedExchange(byte[] Request, byte[] Reply);

/// <summary>A PC that was enrolled by the simulator, with what it said and heard, to be said again by a client that costs next to nothing.</summary>
internal sealed class RecordedPc(VirtualPc pc)
{
    private readonly List<RecordedExchange> _exchanges = [];
    private byte[] _sent = [];
    private LoadIdentity? _identity;

    internal VirtualPc Pc => pc;

    /// <summary>The session that applied the settings; empty when it was not recorded.</summary>
    internal IReadOnlyList<RecordedExchange> Applying { get; private set; } = [];

    /// <summary>The one exchange of a session in which there was nothing to do.</summary>
    internal RecordedExchange? Quiet { get; private set; }

    internal LoadIdentity Identity => _identity ??= MakeIdentity();

    /// <summary>Begins to listen in; ends with <see cref="KeepApplying"/> or <see cref="RecordQuietAsync"/>.</summary>
    internal void Listen()
    {
        _exchanges.Clear();
        pc.Watch = (sent, bytes) =>
        {
            if (sent)
            {
                _sent = bytes;
            }
            else
            {
                _exchanges.Add(new RecordedExchange(_sent, bytes));
            }
        };
    }

    internal void KeepApplying()
    {
        pc.Watch = null;
        Applying = [.. _exchanges];
    }

    /// <summary>One more session, which must be quiet.</summary>
    internal async Task RecordQuietAsync()
    {
        Listen();
        var report = await pc.SyncAsync();
        pc.Watch = null;
        Quiet = report is { Outcome: SyncOutcome.Completed, Commands: 0 } && _exchanges is [var only]
            ? only
            : throw new InvalidOperationException($"A settled PC was not left in peace: {report.Outcome}, {report.Commands} commands, {_exchanges.Count} messages. {report.Reason}");
    }

    /// <summary>The quiet message under other session ids of four digits, as a PC chooses a new one each time.</summary>
    internal IEnumerable<byte[]> QuietMessages(int count)
    {
        var text = Encoding.UTF8.GetString(Quiet!.Request);
        const string Open = "<SessionID>";
        var start = text.IndexOf(Open, StringComparison.Ordinal) + Open.Length;
        var end = text.IndexOf('<', start);
        return Enumerable.Range(0, count).Select(number => Encoding.UTF8.GetBytes(string.Concat(text.AsSpan(0, start), (0xA000 + number).ToString("X4", CultureInfo.InvariantCulture), text.AsSpan(end))));
    }

    private LoadIdentity MakeIdentity()
    {
        var enrolment = pc.State.Enrolment!;
        using var key = pc.Keys.Get(enrolment.KeyName);
        return new LoadIdentity(enrolment.Certificate, key, enrolment.Intermediate is { } issuer ? X509CertificateLoader.LoadCertificate(issuer) : null);
    }
}
