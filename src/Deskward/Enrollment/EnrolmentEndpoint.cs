using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using Deskward.Certificates;
using Deskward.Platform;
using Deskward.Protocol;
using Deskward.Protocol.Enrolment;

namespace Deskward.Enrollment;

/// <summary>
/// The edge of the enrolment services: HTTP in, HTTP out. Answers have a length and are never chunked, refusals are SOAP faults with status 500: Windows takes a
/// fault with 200 for a broken token and shows 0x801900C8.
/// </summary>
internal sealed class EnrolmentEndpoint(ProxyCertificate proxies, DatabaseOutage outage, ILogger<EnrolmentEndpoint> log)
{
    private const string ContentType = "application/soap+xml; charset=utf-8";

    /// <summary>The probe before the first message: is there anybody?</summary>
    internal static Task ProbeAsync(HttpContext context)
    {
        context.Response.ContentType = "text/html";
        context.Response.ContentLength = 0;
        return Task.CompletedTask;
    }

    internal async Task AnswerAsync(HttpContext context, EnrolmentStep step)
    {
        var message = await ReceiveAsync(context, step);
        if (message is null)
        {
            return;
        }

        try
        {
            var exchange = context.RequestServices.GetRequiredService<EnrolmentExchange>();
            var reply = await exchange.AnswerAsync(step, message, await SourceAsync(context), context.RequestAborted);
            await (reply.Message is { } answer ? SendAsync(context, StatusCodes.Status200OK, answer) : RefuseAsync(context, step, message, reply));
        }
        catch (ProtocolException exception)
        {
            await RefuseAsync(context, step, message, EnrolmentReply.Refused(RefusedOver.Message, Refusal.Invalid(exception.Message)));
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            EnrollmentLog.NotReceived(log, step.ToString(), context.TraceIdentifier, context.Connection.RemoteIpAddress, "it went away");
        }
        catch (Exception exception) when (outage.Notice(exception))
        {
            outage.Refuse(context);
            await SendAsync(context, StatusCodes.Status503ServiceUnavailable, EnrolmentFaults.Away(context.TraceIdentifier).Write(step, MessageIdOf(message)));
        }
        catch (Exception exception)
        {
            EnrollmentLog.Failed(log, exception, step.ToString(), context.TraceIdentifier);
            await SendAsync(context, StatusCodes.Status500InternalServerError, EnrolmentFaults.Ours(context.TraceIdentifier).Write(step, MessageIdOf(message)));
        }
    }

    /// <summary>The whole body; null when it was too long, too slow or broke off, which has been answered then.</summary>
    private async Task<byte[]?> ReceiveAsync(HttpContext context, EnrolmentStep step)
    {
        try
        {
            using var body = new MemoryStream();
            await context.Request.BodyReader.CopyToAsync(body, context.RequestAborted);
            return body.ToArray();
        }
        catch (BadHttpRequestException exception)
        {
            // Too long (413), too slow (408) or broken off (400): the connection is not to be used again, because the rest of the body is still to come.
            EnrollmentLog.NotReceived(log, step.ToString(), context.TraceIdentifier, context.Connection.RemoteIpAddress, exception.Message);
            context.Response.Headers.Connection = "close";
            var fault = new SoapFault(SoapFaultKind.MessageFormat, "The message is too long, or took too long.", context.TraceIdentifier);
            await SendAsync(context, exception.StatusCode, fault.Write(step, relatesTo: null));
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            EnrollmentLog.NotReceived(log, step.ToString(), context.TraceIdentifier, context.Connection.RemoteIpAddress, "it broke off");
        }

        return null;
    }

    private Task RefuseAsync(HttpContext context, EnrolmentStep step, byte[] message, EnrolmentReply reply)
    {
        var refusal = reply.Refusal!;
        EnrollmentLog.Refused(
            log, step.ToString(), context.TraceIdentifier, context.Connection.RemoteIpAddress, message.Length, reply.Over, refusal.Reason, refusal.Message);
        if (refusal.RetryAfter is { } wait)
        {
            context.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        }

        var fault = EnrolmentFaults.For(reply, context.TraceIdentifier);
        return SendAsync(context, StatusCodes.Status500InternalServerError, fault.Write(step, MessageIdOf(message)));
    }

    private static async Task SendAsync(HttpContext context, int status, byte[] message)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = ContentType;
        context.Response.ContentLength = message.Length;
        await context.Response.Body.WriteAsync(message, CancellationToken.None);
    }

    private static string? MessageIdOf(byte[] message) => SoapHeader.TryRead(message)?.MessageId;

    private async ValueTask<EnrolmentSource> SourceAsync(HttpContext context)
    {
        var isManagement = context.Features.Get<ManagementConnection>() is not null;
        X509Certificate2? certificate = isManagement ? await context.Connection.GetClientCertificateAsync(context.RequestAborted) : null;
        return new EnrolmentSource(context.Connection.RemoteIpAddress, certificate, isManagement) { ProxyShowsAnother = expected => proxies.ShowsAnother(context, expected) };
    }
}
