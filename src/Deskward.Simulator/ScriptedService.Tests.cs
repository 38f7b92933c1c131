using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Deskward.Protocol.Enrolment;
using Deskward.Protocol.SyncMl;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Deskward.Simulator;

/// <summary>What a scripted service answers to one message.</summary>
internal sealed record ScriptedAnswer(byte[] Body, int Status = 200, string ContentType = "application/vnd.syncml.dm+xml", int? RetryAfter = null)
{
    public bool IsChunked { get; init; }
}

/// <summary>A management endpoint that says what a test tells it to, over real HTTP on loopback, and a PC that believes it is enrolled there.</summary>
internal sealed class ScriptedService : IAsyncDisposable
{
    private static readonly KeyStore s_keys = new();

    private readonly WebApplication _app;
    private readonly Queue<Func<SyncMlMessage, ScriptedAnswer>> _script;

    private ScriptedService(WebApplication app, IEnumerable<Func<SyncMlMessage, ScriptedAnswer>> script)
    {
        (_app, _script) = (app, new Queue<Func<SyncMlMessage, ScriptedAnswer>>(script));
        _app.Run(AnswerAsync);
    }

    /// <summary>Every body that came, in order.</summary>
    public ConcurrentQueue<byte[]> Bodies { get; } = new();

    public ConcurrentQueue<IHeaderDictionary> Headers { get; } = new();

    public string Url => _app.Services.GetRequiredService<Microsoft.AspNetCore.Hosting.Server.IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First() + "/mdm";

    /// <param name="script">One answer per message; after the last one there is nothing to do any more.</param>
    public static async Task<ScriptedService> StartAsync(params Func<SyncMlMessage, ScriptedAnswer>[] script)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var service = new ScriptedService(builder.Build(), script);
        await service._app.StartAsync();
        return service;
    }

    /// <summary>A PC with an account at this service, its key and certificate made on the spot.</summary>
    public VirtualPc Pc(PcProfile? profile = null, TimeProvider? time = null)
    {
        using var key = s_keys.Get("k");
        var request = new CertificateRequest("CN=pc", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
        var pc = VirtualPc.Create(1, (profile ?? new PcProfile()) with { OsVersion = "10.0.26100.4061", Edition = 4 },
            new PcNetwork { LongestWait = TimeSpan.FromMilliseconds(1) }, s_keys, time);
        pc.State.Enrolment = new PcEnrolment
        {
            Address = "ada@contoso.example", ProviderId = "Test", ManagementUrl = Url, EnrolmentUrl = Url, KeyName = "k",
            Renew = new RenewSettings(), Digest = new AppAuth("pc", "secret", [1, 2, 3]), ConnectionRetries = 3,
            InitialBackoff = TimeSpan.FromSeconds(30), MaximumBackoff = TimeSpan.FromSeconds(120), Certificate = certificate.RawData,
            EnrolledAt = DateTimeOffset.UnixEpoch, RenewFrom = DateTimeOffset.MaxValue,
        };
        pc.Tree.SetLocally(PcNodes.Provider("Test"), SettingStore.Interior);
        pc.SignIn("ada@contoso.example");
        return pc;
    }

    /// <summary>A right answer: the Status of everything that was sent, then these commands.</summary>
    public static Func<SyncMlMessage, ScriptedAnswer> Say(params SyncCommand[] commands) => message => new ScriptedAnswer(Bytes(message, true, commands));

    /// <summary>The same without Final.</summary>
    public static Func<SyncMlMessage, ScriptedAnswer> SayMoreFollows(params SyncCommand[] commands) => message => new ScriptedAnswer(Bytes(message, false, commands));

    /// <summary>A right answer with these commands, then damaged as text.</summary>
    public static Func<SyncMlMessage, ScriptedAnswer> Damaged(Func<string, string> damage, params SyncCommand[] commands) =>
        message => new ScriptedAnswer(Encoding.UTF8.GetBytes(damage(Encoding.UTF8.GetString(Bytes(message, true, commands)))));

    public static byte[] Bytes(SyncMlMessage message, bool final, IReadOnlyList<SyncCommand> commands, int headerStatus = 200, Challenge? challenge = null, int? limit = null)
    {
        var id = 0;
        var asked = headerStatus == 200 ? message.Commands.Where(command => command is ItemCommand or AlertCommand { Code: not (1222 or 1223) }) : [];
        IEnumerable<SyncCommand> all =
        [
            Status(message, "0", "SyncHdr", headerStatus) with { Challenge = challenge },
            .. asked.Select(command => Status(message, command.CommandId!, command is ItemCommand item ? item.Verb.ToString() : "Alert", 200)),
            .. commands,
        ];
        var header = new SyncHeader
        {
            SessionId = message.Header.SessionId, MessageId = message.Header.MessageId, Target = message.Header.Source, Source = message.Header.Target,
            MaxMessageSize = limit,
        };
        return SyncMlWriter.Write(new SyncMlMessage(header, [.. all.Select(command => Number(command, ref id))], final));
    }

    /// <summary>One command with one item of that format.</summary>
    public static ItemCommand Do(SyncVerb verb, string path, string? value = null, string? format = null) => new(verb,
        [new SyncItem { Target = path, Data = value, Meta = format is null ? null : new SyncMeta(format) }]);

    public SyncMlMessage Message(int index) => SyncMlReader.Read(Bodies.ElementAt(index));

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private static SyncCommand Number(SyncCommand command, ref int id)
    {
        var own = SmallNumbers.Text(++id);
        if (command is AtomicCommand atomic)
        {
            var children = new List<SyncCommand>();
            foreach (var child in atomic.Commands)
            {
                children.Add(Number(child, ref id));
            }
            command = atomic with { Commands = children };
        }
        return command with { CommandId = own };
    }

    private static StatusCommand Status(SyncMlMessage message, string reference, string command, int code) =>
        new() { MessageRef = message.Header.MessageId, CommandRef = reference, Command = command, Code = code };

    private async Task AnswerAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        Bodies.Enqueue(body.ToArray());
        Headers.Enqueue(new HeaderDictionary(context.Request.Headers.ToDictionary()));
        var answer = (_script.TryDequeue(out var next) ? next : Say())(SyncMlReader.Read(body.ToArray()));
        (context.Response.StatusCode, context.Response.ContentType, context.Response.ContentLength) = (answer.Status, answer.ContentType, answer.IsChunked ? null : answer.Body.Length);
        if (answer.RetryAfter is { } seconds)
        {
            context.Response.Headers.RetryAfter = SmallNumbers.Text(seconds);
        }
        await context.Response.Body.WriteAsync(answer.Body);
    }
}
