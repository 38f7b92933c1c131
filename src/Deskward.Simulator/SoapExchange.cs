using System.Net.Http.Headers;
using Deskward.Protocol;
using Deskward.Protocol.Enrolment;

namespace Deskward.Simulator;

/// <summary>Why an enrolment or renewal ended early, as Windows would show it.</summary>
internal sealed class EnrolmentRefusedException(uint hresult, string reason) : Exception(reason)
{
    public new uint HResult => hresult;
}

/// <summary>The SOAP exchanges of an enrolment: HTTP as MS-MDE2 wants it, faults turned into what Windows makes of them.</summary>
internal sealed class SoapExchange(PcConnection connection)
{
    private const uint Unreachable = 0x80072EFD;
    private const uint HttpFacility = 0x80190000;
    private const uint BadMessage = 0x80180001;

    private readonly List<Violation> _violations = [];
    private int _exchange;

    public IReadOnlyList<Violation> Violations => _violations;

    public int? LastStatus { get; private set; }

    /// <summary>The reachability probe before anything is said.</summary>
    public async Task ProbeAsync(Uri url, CancellationToken cancellation)
    {
        var answer = await SendAsync(() => Request(HttpMethod.Get, url, null), cancellation).ConfigureAwait(false);
        if (answer.Status != 200)
        {
            throw new EnrolmentRefusedException(HttpFacility + (uint)answer.Status, $"The discovery address answers HTTP {answer.Status}.");
        }
        Need(answer.Body.Length == 0 && answer.HasLength, "the answer to the probe is not empty with Content-Length 0");
    }

    /// <summary>One request and its answer.</summary>
    /// <param name="url">Where to.</param>
    /// <param name="messageId">MessageID of the request; the answer must relate to it.</param>
    /// <param name="body">The request.</param>
    /// <param name="read">Reads the answer.</param>
    /// <param name="relatesTo">Takes RelatesTo out of the answer.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public async Task<T> AskAsync<T>(
        Uri url, string messageId, byte[] body, Func<byte[], T> read, Func<T, string?> relatesTo, CancellationToken cancellation)
    {
        var answer = await SendAsync(() => Request(HttpMethod.Post, url, body), cancellation).ConfigureAwait(false);
        Need(!answer.IsChunked && answer.HasLength, "the answer is chunked or has no Content-Length");
        try
        {
            if (answer.Status != 200)
            {
                throw Refused(answer, messageId);
            }
            Need(IsSoap(answer.ContentType), $"Content-Type is '{answer.ContentType}'");
            Need(answer.Body is not [0xEF, 0xBB, 0xBF, ..], "the answer starts with a byte order mark");
            var result = read(answer.Body);
            Need(relatesTo(result) == messageId, $"RelatesTo is '{relatesTo(result)}', expected '{messageId}'");
            return result;
        }
        catch (ProtocolException error)
        {
            throw new EnrolmentRefusedException(BadMessage, error.Message);
        }
    }

    private EnrolmentRefusedException Refused(HttpAnswer answer, string messageId)
    {
        if (!IsSoap(answer.ContentType))
        {
            return new EnrolmentRefusedException(HttpFacility + (uint)answer.Status, $"HTTP {answer.Status} without a SOAP fault.");
        }
        var fault = SoapFault.Read(answer.Body);
        Need(answer.Status == 500, $"a fault came with HTTP {answer.Status}");
        Need(fault.RelatesTo == messageId, $"RelatesTo of the fault is '{fault.RelatesTo}'");
        return new EnrolmentRefusedException(fault.Kind.HResult(), fault.Message);
    }

    private async Task<HttpAnswer> SendAsync(Func<HttpRequestMessage> make, CancellationToken cancellation)
    {
        _exchange++;
        try
        {
            var answer = await connection.SendAsync(make, _exchange, cancellation).ConfigureAwait(false);
            LastStatus = answer.Status;
            return answer;
        }
        catch (Exception error) when (error is HttpRequestException or ReplyLostException)
        {
            throw new EnrolmentRefusedException(Unreachable, error.InnerException?.Message ?? error.Message);
        }
    }

    private static HttpRequestMessage Request(HttpMethod method, Uri url, byte[]? body)
    {
        var request = new HttpRequestMessage(method, url);
        request.Headers.TryAddWithoutValidation("User-Agent", "Windows Enrollment Client");
        request.Headers.TryAddWithoutValidation("Pragma", "no-cache");
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body) { Headers = { ContentType = MediaTypeHeaderValue.Parse("application/soap+xml; charset=utf-8") } };
        }
        return request;
    }

    private static bool IsSoap(string? contentType) => contentType?.StartsWith("application/soap+xml", StringComparison.OrdinalIgnoreCase) ?? false;

    private void Need(bool holds, string detail)
    {
        if (!holds)
        {
            _violations.Add(new Violation("enrolment", detail));
        }
    }
}
