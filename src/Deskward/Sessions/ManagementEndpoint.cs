using System.Security.Cryptography;
using Deskward.Devices;
using Deskward.Platform;
using Deskward.Protocol;
using Deskward.Protocol.SyncMl;

namespace Deskward.Sessions;

/// <summary>The address that managed PCs post their messages to.</summary>
internal sealed class ManagementEndpoint(
    DeviceAuthentication authentication, DeviceCache cache, LastSeenWriter lastSeen, ExchangePlaces places, SlowLane lane, TimeProvider time, ILogger<ManagementEndpoint> log)
{
    internal const string Path = "/ManagementServer/MDM.svc";
    private const string ContentType = "application/vnd.syncml.dm+xml";

    /// <summary>
    /// 1. Refuses what is no SyncML post. 2. Recognises the certificate. 3. Reads the message. 4. Holds the name in it against the certificate.
    /// 5. Answers a quiet session from the message alone. 6. Anything else is an exchange in the database, as many at a time as the node takes.
    /// </summary>
    internal async Task AnswerAsync(HttpContext context)
    {
        if (RefusalOf(context.Request) is var status and not 0) // 1
        {
            await RefuseAsync(context, status);
            return;
        }

        try
        {
            await AnswerMessageAsync(context);
        }
        catch (ProtocolException exception)
        {
            SessionsLog.MessageUnreadable(log, Address(context), exception.Message);
            await RefuseAsync(context, StatusCodes.Status400BadRequest);
        }
        catch (BadHttpRequestException exception)
        {
            SessionsLog.MessageUnreadable(log, Address(context), (ReportedText.Clean(exception.Message, 200) ?? ""));
            await RefuseAsync(context, exception.StatusCode);
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !context.RequestAborted.IsCancellationRequested)
        {
            await FailAsync(context, exception);
        }
    }

    private async Task AnswerMessageAsync(HttpContext context)
    {
        var identified = await authentication.ByConnectionAsync(context); // 2
        if (identified.Refusal != IdentityRefusal.None)
        {
            await RefuseAsync(context, identified.Refusal, null);
            return;
        }

        if (await MessageBody.ReadAsync(context.Request.BodyReader, context.RequestAborted) is not { } body)
        {
            await RefuseAsync(context, StatusCodes.Status413PayloadTooLarge);
            return;
        }

        var isConsumed = false;
        try
        {
            identified = await authentication.BySignatureAsync(context, identified, body.Bytes);
            var needsDigest = identified is { Device: null, Refusal: IdentityRefusal.None };
            var message = identified.Device is null && !needsDigest ? null : SyncMlReader.Read(body.Bytes); // 3
            var hash = message is null || (!needsDigest && IsQuiet(identified, message)) ? null : SHA256.HashData(body.Bytes.Span);
            context.Request.BodyReader.AdvanceTo(body.Sequence.End);
            isConsumed = true;
            await (message is null ? RefuseAsync(context, identified.Refusal, null)
                : needsDigest ? AnswerDigestAsync(context, message, hash!)
                : AnswerAsync(context, identified, message, hash));
        }
        finally
        {
            if (!isConsumed)
            {
                context.Request.BodyReader.AdvanceTo(body.Sequence.End);
            }
        }
    }

    /// <param name="context">The request.</param>
    /// <param name="identified">Who sent it.</param>
    /// <param name="message">What was sent.</param>
    /// <param name="bodyHash">SHA-256 of the body; null when the session is quiet.</param>
    private Task AnswerAsync(HttpContext context, Identified identified, SyncMlMessage message, byte[]? bodyHash)
    {
        var sender = identified.Device!;
        if (!DeviceAuthentication.IsNamed(sender, message.Header.Source))
        {
            return RefuseAsync(context, IdentityRefusal.OtherName, message.Header.Source); // 4
        }

        lastSeen.Note(sender.TenantId, sender.DeviceId, time.GetUtcNow(), isInSession: bodyHash is not null);
        return bodyHash is null
            ? SendAsync(context, QuietSession.Answer(message)) // 5
            : ExchangeAsync(context, identified, message, bodyHash); // 6
    }

    private bool IsQuiet(Identified sender, SyncMlMessage message) =>
        QuietSession.IsPlain(message, out var login) && sender.Device!.IsQuiet(time.GetUtcNow(), SessionAlerts.IsUser(login)) && (!sender.IsSigned || sender.Device.HasSigned);

    /// <summary>Neither certificate nor signature: a digest, or the demand for one.</summary>
    private async Task AnswerDigestAsync(HttpContext context, SyncMlMessage message, byte[] bodyHash)
    {
        var claim = await authentication.Digests.ReadAsync(message.Header, context.Connection.RemoteIpAddress, context.RequestAborted);
        if (claim.Who.Device is not null)
        {
            await ExchangeAsync(context, claim.Who, message, bodyHash);
            return;
        }

        SessionsLog.IdentityRefused(log, Address(context), claim.Who.Refusal, ReportedText.Clean(message.Header.Source, 64));
        if (claim.Wait is { } wait)
        {
            context.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        await (claim.Challenge is { } challenge ? SendAsync(context, challenge) : RefuseAsync(context, StatusCodes.Status429TooManyRequests));
    }

    private async Task ExchangeAsync(HttpContext context, Identified identified, SyncMlMessage message, byte[] bodyHash)
    {
        using var turn = await lane.EnterAsync(context.RequestAborted);
        if (turn is null)
        {
            SessionsLog.Overloaded(log);
            context.Response.Headers.RetryAfter = SlowLane.RetryAfter();
            await RefuseAsync(context, StatusCodes.Status429TooManyRequests);
            return;
        }

        var result = await places.AnswerAsync(identified, message, bodyHash, context.RequestAborted);
        if (identified.IsDigest)
        {
            await NoteDigestAsync(context, identified.Device!, message, result);
        }
        else
        {
            cache.Forget(identified.CertificateHash, result.GoesOn);
            NoteEnd(identified.Device!, result);
        }

        await (result.HttpStatus == StatusCodes.Status200OK ? SendAsync(context, result.Body) : RefuseAsync(context, result.HttpStatus));
    }

    private void NoteEnd(DeviceSnapshot sender, ExchangeResult result)
    {
        if (result.IsSeen)
        {
            lastSeen.Forget(sender.DeviceId);
        }
        else if (!result.GoesOn)
        {
            lastSeen.Note(sender.TenantId, sender.DeviceId, time.GetUtcNow());
        }
    }

    private async Task NoteDigestAsync(HttpContext context, DeviceSnapshot sender, SyncMlMessage message, ExchangeResult result)
    {
        if (result.IsChallenge || result.HttpStatus == StatusCodes.Status200OK)
        {
            await authentication.Digests.NoteAsync(message.Header, context.Connection.RemoteIpAddress, isRight: !result.IsChallenge);
        }

        if (result.IsChallenge || result.HttpStatus == StatusCodes.Status401Unauthorized)
        {
            SessionsLog.IdentityRefused(log, Address(context), result.IsChallenge ? IdentityRefusal.WrongDigest : IdentityRefusal.SignatureRequired, sender.HardwareId);
        }
        else
        {
            lastSeen.Note(sender.TenantId, sender.DeviceId, time.GetUtcNow());
        }
    }

    private static int RefusalOf(HttpRequest request) =>
        !HttpMethods.IsPost(request.Method) ? StatusCodes.Status405MethodNotAllowed
        : request.ContentType is not { } type || !type.AsSpan().Trim().StartsWith(ContentType, StringComparison.OrdinalIgnoreCase) ? StatusCodes.Status415UnsupportedMediaType
        : request.ContentLength > MessageBody.Longest ? StatusCodes.Status413PayloadTooLarge
        : 0;

    private async Task RefuseAsync(HttpContext context, IdentityRefusal refusal, string? source)
    {
        SessionsLog.IdentityRefused(log, Address(context), refusal, ReportedText.Clean(source, 64));
        await RefuseAsync(context, refusal == IdentityRefusal.NoCredential ? StatusCodes.Status401Unauthorized : StatusCodes.Status403Forbidden);
    }

    /// <summary>The PC comes again by itself, on its schedule.</summary>
    private Task FailAsync(HttpContext context, Exception exception)
    {
        var outage = context.RequestServices.GetRequiredService<DatabaseOutage>();
        if (!outage.Notice(exception))
        {
            SessionsLog.ExchangeFailed(log, exception, context.TraceIdentifier);
        }
        else if (!context.Response.HasStarted)
        {
            outage.Refuse(context);
        }

        return RefuseAsync(context, StatusCodes.Status503ServiceUnavailable);
    }

    private static Task RefuseAsync(HttpContext context, int status)
    {
        if (!context.Response.HasStarted)
        {
            context.Response.StatusCode = status;
            context.Response.ContentLength = 0;
        }

        return Task.CompletedTask;
    }

    private static Task SendAsync(HttpContext context, byte[] body)
    {
        context.Response.ContentType = ContentType;
        context.Response.ContentLength = body.Length;
        return context.Response.Body.WriteAsync(body, 0, body.Length, context.RequestAborted);
    }

    private static string Address(HttpContext context) => context.Connection.RemoteIpAddress?.ToString() ?? "unknown";
}
