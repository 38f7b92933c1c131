using System.Net;
using System.Net.Http.Headers;

namespace Deskward.Simulator;

/// <summary>An HTTP answer as it came; the body is read whole.</summary>
internal sealed record HttpAnswer(int Status, byte[] Body, string? ContentType, bool HasLength, bool IsChunked, TimeSpan? RetryAfter);

/// <summary>The connection of one PC to one service, with its client certificate. Knows HTTP and its faults; what the bytes mean is for others.</summary>
internal sealed class PcConnection(PcNetwork network, PcFaults faults, TimeProvider time, PcCredential? credential) : IDisposable
{
    /// <summary>A body that is longer is not read to its end.</summary>
    private const int LongestBody = 8 * 1024 * 1024;

    private readonly HttpMessageInvoker _http = network.Connect(credential?.Tls);

    /// <summary>Sends a request.</summary>
    /// <param name="make">Makes it anew for every attempt.</param>
    /// <param name="exchange">Its number in the session, from 1: faults are aimed by it.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="HttpRequestException">No connection, or it broke.</exception>
    /// <exception cref="ReplyLostException">A fault took the reply.</exception>
    public async Task<HttpAnswer> SendAsync(Func<HttpRequestMessage> make, int exchange, CancellationToken cancellation)
    {
        if (faults.Slowness > TimeSpan.Zero)
        {
            await Task.Delay(faults.Slowness, time, cancellation).ConfigureAwait(false);
        }
        var loss = faults.TakeLoss(exchange);
        using var request = make();
        request.Version = network.HttpVersion;
        request.VersionPolicy = HttpVersionPolicy.RequestVersionOrLower;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(network.Timeout);
        try
        {
            if (loss == ReplyLoss.WhileWaiting)
            {
                await CutAsync(request, patience).ConfigureAwait(false);
            }
            using var response = await _http.SendAsync(request, patience.Token).ConfigureAwait(false);
            var answer = await ReadAsync(response, patience.Token).ConfigureAwait(false);
            return loss is null ? answer : throw new ReplyLostException(answer);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new HttpRequestException($"No answer within {network.Timeout}.");
        }
        catch (IOException error)
        {
            throw new HttpRequestException("The connection broke.", error);
        }
    }

    public void Dispose() => _http.Dispose();

    // The body is out, the flush follows at once; then the connection is torn down with the request in flight.
    private async Task CutAsync(HttpRequestMessage request, CancellationTokenSource patience)
    {
        var sent = new SentSignal(request.Content!);
        request.Content = sent;
        var sending = _http.SendAsync(request, patience.Token);
        await Task.WhenAny(sent.Sent, sending).ConfigureAwait(false);
        await Task.WhenAny(Task.Delay(TimeSpan.FromMilliseconds(15), CancellationToken.None), sending).ConfigureAwait(false);
        await patience.CancelAsync().ConfigureAwait(false);
        try
        {
            using var response = await sending.ConfigureAwait(false);
        }
        catch (Exception error) when (error is OperationCanceledException or HttpRequestException or IOException)
        {
            // That it failed is what was wanted.
        }
        throw new ReplyLostException();
    }

    private async Task<HttpAnswer> ReadAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        var content = response.Content;
        var length = content.Headers.ContentLength;
        using var stream = await content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        using var body = new MemoryStream((int)Math.Min(length ?? 4096, LongestBody));
        var buffer = new byte[16 * 1024];
        int read;
        while (body.Length < LongestBody && (read = await stream.ReadAsync(buffer, cancellation).ConfigureAwait(false)) > 0)
        {
            body.Write(buffer, 0, read);
        }
        return new HttpAnswer((int)response.StatusCode, body.ToArray(), content.Headers.ContentType?.ToString(), length is not null,
            response.Headers.TransferEncodingChunked ?? false, RetryAfter(response.Headers.RetryAfter));
    }

    private TimeSpan? RetryAfter(RetryConditionHeaderValue? header) =>
        header?.Delta ?? (header?.Date is { } date ? TimeSpan.FromTicks(Math.Max(0, (date - time.GetUtcNow()).Ticks)) : null);

    private sealed class SentSignal : HttpContent
    {
        private readonly HttpContent _inner;
        private readonly TaskCompletionSource _sent = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public SentSignal(HttpContent inner)
        {
            _inner = inner;
            foreach (var (name, values) in inner.Headers)
            {
                Headers.TryAddWithoutValidation(name, values);
            }
        }

        public Task Sent => _sent.Task;

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await _inner.CopyToAsync(stream).ConfigureAwait(false);
            _sent.TrySetResult();
        }

        protected override bool TryComputeLength(out long length)
        {
            length = _inner.Headers.ContentLength ?? 0;
            return _inner.Headers.ContentLength is not null;
        }

        protected override void Dispose(bool disposing)
        {
            _inner.Dispose();
            base.Dispose(disposing);
        }
    }
}

/// <summary>The reply was lost on purpose; the PC sends the same again.</summary>
/// <param name="answer">What the PC never saw; a service must say the same once more. Null: the connection broke before.</param>
internal sealed class ReplyLostException(HttpAnswer? answer = null) : Exception("The reply was lost.")
{
    public HttpAnswer? Answer => answer;
}
