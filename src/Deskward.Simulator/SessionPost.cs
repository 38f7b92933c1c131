using System.Net.Http.Headers;

namespace Deskward.Simulator;

/// <summary>Sends the messages of one session over HTTP: headers as Windows sends them, the same bytes again when no answer came (protocol facts 2.1).</summary>
internal sealed class SessionPost(SessionSetting setting, PcConnection connection)
{
    private const string ContentType = "application/vnd.syncml.dm+xml";

    private readonly List<TimeSpan> _waits = [];
    private readonly string _correlation = Guid.CreateVersion7().ToString("N")[..22];
    private int _exchange;
    private HttpAnswer? _unseen;

    public int? LastStatus { get; private set; }

    public TimeSpan? RetryAfter { get; private set; }

    public int Retries { get; private set; }

    public long BytesSent { get; private set; }

    public long BytesReceived { get; private set; }

    public IReadOnlyList<TimeSpan> Waits => _waits;

    /// <summary>Why there is no answer, after <see cref="SendAsync"/> has returned null.</summary>
    public SessionEnd End { get; private set; } = new(SyncOutcome.Unreachable);

    /// <summary>What the HTTP side of the service does wrong.</summary>
    public Action<Violation> Report { get; init; } = _ => { };

    /// <returns>The answer's body; null when there is none.</returns>
    public async Task<byte[]?> SendAsync(byte[] body, CancellationToken cancellation)
    {
        _exchange++;
        _unseen = null;
        setting.Watch?.Invoke(true, body);
        for (var attempt = 0; ; attempt++)
        {
            var answer = await TryAsync(body, cancellation).ConfigureAwait(false);
            if (answer is { Status: 200 })
            {
                setting.Watch?.Invoke(false, answer.Body);
                Check(answer);
                return answer.Body;
            }
            if (answer is not null)
            {
                (LastStatus, RetryAfter) = (answer.Status, answer.RetryAfter);
                End = new SessionEnd(SyncOutcome.Refused, $"HTTP {answer.Status}");
            }
            if (!MayRetry(answer) || attempt >= setting.Enrolment.ConnectionRetries)
            {
                return null;
            }
            Retries++;
            await Task.Delay(Wait(attempt, answer?.RetryAfter), setting.Time, cancellation).ConfigureAwait(false);
        }
    }

    private async Task<HttpAnswer?> TryAsync(byte[] body, CancellationToken cancellation)
    {
        var started = setting.Time.GetTimestamp();
        try
        {
            BytesSent += body.Length;
            var answer = await connection.SendAsync(() => Request(body), _exchange, cancellation).ConfigureAwait(false);
            _waits.Add(setting.Time.GetElapsedTime(started));
            BytesReceived += answer.Body.Length;
            LastStatus = answer.Status;
            return answer;
        }
        catch (Exception error) when (error is HttpRequestException or ReplyLostException)
        {
            _unseen = (error as ReplyLostException)?.Answer ?? _unseen;
            End = new SessionEnd(SyncOutcome.Unreachable, error.InnerException?.Message ?? error.Message);
            return null;
        }
    }

    private HttpRequestMessage Request(byte[] body)
    {
        var url = setting.Enrolment.ManagementUrl;
        var mode = setting.Tree.Login == LoginStatus.None ? "mode=Machine" : "mode=Maintenance";
        var request = new HttpRequestMessage(HttpMethod.Post, $"{url}{(url.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{mode}&Platform=WoA")
        {
            Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue(ContentType) } },
        };
        var headers = request.Headers;
        headers.TryAddWithoutValidation("Accept", $"{ContentType}, application/vnd.syncml.dm+wbxml, application/octet-stream");
        headers.TryAddWithoutValidation("Accept-Charset", "UTF-8");
        headers.TryAddWithoutValidation("User-Agent", "MSFT OMA DM Client/1.2.0.1");
        headers.TryAddWithoutValidation("MS-CV", $"{_correlation}.{_exchange}");
        headers.TryAddWithoutValidation("client-request-id", setting.Tree.Read(PcNodes.Provider(setting.Enrolment.ProviderId) + "/EntDMID") ?? "0");
        if (setting.Tree.Read(PcNodes.Provider(setting.Enrolment.ProviderId) + "/RequireMessageSigning") == "true")
        {
            // MS-MDM names the one header, the DMClient CSP the other: both are sent.
            var signature = MessageSignature.Sign(body, setting.Identity, setting.Time.GetUtcNow());
            headers.TryAddWithoutValidation("MS-Signature", signature);
            headers.TryAddWithoutValidation("MDM-Signature", signature);
        }
        return request;
    }

    private void Check(HttpAnswer answer)
    {
        if (_unseen is { Status: 200 } && !_unseen.Body.AsSpan().SequenceEqual(answer.Body))
        {
            Report(new Violation("repetition", "the same message got another answer than the first time"));
        }
        if (answer.ContentType?.Split(';')[0].Trim() != ContentType)
        {
            Report(new Violation("http", $"Content-Type is '{answer.ContentType}'"));
        }
        if (answer.IsChunked || !answer.HasLength)
        {
            Report(new Violation("http", "the answer is chunked or has no Content-Length"));
        }
    }

    private static bool MayRetry(HttpAnswer? answer) => answer is null or { Status: 408 or 429 or >= 500 };

    private TimeSpan Wait(int attempt, TimeSpan? asked)
    {
        var doubled = setting.Enrolment.InitialBackoff * Math.Pow(2, Math.Min(attempt, 20));
        var wait = asked ?? (doubled < setting.Enrolment.MaximumBackoff ? doubled : setting.Enrolment.MaximumBackoff);
        return setting.Network.LongestWait is { } longest && longest < wait ? longest : wait;
    }
}
