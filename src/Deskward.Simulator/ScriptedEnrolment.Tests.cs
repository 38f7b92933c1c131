using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Deskward.Protocol.Enrolment;
using Deskward.Protocol.SyncMl;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Deskward.Simulator;

/// <summary>The least that can enrol a PC: TLS, the three SOAP services, a device root with one authority, and a management endpoint that has nothing to do.</summary>
internal sealed class ScriptedEnrolment : IAsyncDisposable
{
    private static readonly DateTimeOffset s_now = TimeProvider.System.GetUtcNow();
    private static readonly X509Certificate2 s_tlsRoot = Authority("CN=TLS root", null);
    private static readonly X509Certificate2 s_deviceRoot = Authority("CN=Device root", null);
    private static readonly X509Certificate2 s_issuer = Authority("CN=Issuer", s_deviceRoot);

    private readonly WebApplication _app;

    private ScriptedEnrolment(WebApplication app)
    {
        _app = app;
        _app.MapGet("/EnrollmentServer/Discovery.svc", () => Results.Bytes([], "text/html"));
        _app.MapPost("/EnrollmentServer/Discovery.svc", DiscoverAsync);
        _app.MapPost("/policy", PolicyAsync);
        _app.MapPost("/enrol", IssueAsync);
        _app.MapPost("/mdm", ManageAsync);
    }

    public PcNetwork Network { get; } = NewNetwork(HttpVersion.Version11);

    public Uri Discovery => new(Url + "/EnrollmentServer/Discovery.svc");

    /// <summary>Changes the provisioning document before it is written.</summary>
    public Func<ProvisioningDocument, ProvisioningDocument> Provision { get; set; } = document => document;

    /// <summary>Changes the text of the provisioning document.</summary>
    public Func<string, string> Damage { get; set; } = text => text;

    /// <summary>Refuses every request for a certificate.</summary>
    public SoapFaultKind? Refusal { get; set; }

    public AuthPolicy AuthPolicy { get; set; } = AuthPolicy.OnPremise;

    public ConcurrentQueue<RequestSecurityToken> Requests { get; } = new();

    /// <summary>Client certificates that the management endpoint was shown; null where there was none.</summary>
    public ConcurrentQueue<byte[]?> Shown { get; } = new();

    private string Url => _app.Services.GetRequiredService<Microsoft.AspNetCore.Hosting.Server.IServer>()
        .Features.Get<IServerAddressesFeature>()!.Addresses.First().Replace("127.0.0.1", "localhost", StringComparison.Ordinal);

    public static async Task<ScriptedEnrolment> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(https =>
        {
            https.ServerCertificate = Issue("CN=localhost", s_tlsRoot, RSA.Create(2048), server: true);
            https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
            https.AllowAnyClientCertificate();
        })));
        var service = new ScriptedEnrolment(builder.Build());
        await service._app.StartAsync();
        return service;
    }

    public static PcNetwork NewNetwork(Version http) =>
        new([X509CertificateLoader.LoadCertificate(s_tlsRoot.RawData)]) { HttpVersion = http, LongestWait = TimeSpan.FromMilliseconds(1) };

    public VirtualPc Pc(long seed = 1, PcProfile? profile = null, KeyStore? keys = null) => VirtualPc.Create(seed, profile, Network, keys);

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task<IResult> DiscoverAsync(HttpRequest request)
    {
        var asked = Discover.Read(await BodyAsync(request));
        var answer = new DiscoverResponse { AuthPolicy = AuthPolicy, EnrollmentPolicyServiceUrl = Url + "/policy", EnrollmentServiceUrl = Url + "/enrol" };
        return Soap(answer.Write(asked.Header.MessageId));
    }

    private static async Task<IResult> PolicyAsync(HttpRequest request) =>
        Soap(new GetPoliciesResponse { PolicyId = "test" }.Write(GetPolicies.Read(await BodyAsync(request)).Header.MessageId));

    private async Task<IResult> IssueAsync(HttpRequest request)
    {
        var asked = RequestSecurityToken.Read(await BodyAsync(request));
        Requests.Enqueue(asked);
        if (Refusal is { } refusal)
        {
            return new Refused(new SoapFault(refusal, "No.").Write(EnrolmentStep.RequestSecurityToken, asked.Header.MessageId));
        }
        var document = asked switch
        {
            IssueRequest issue => Document(Certificate(issue.Pkcs10), ProvisioningDocument.StoreFor(issue.EnrolmentType)),
            RenewRequest renew => new RenewalDocument { ProviderId = "Test", Store = CertificateStore.User, Certificate = Certificate(Content(renew.Pkcs7)) }.Write(),
            _ => [],
        };
        var damaged = Encoding.UTF8.GetBytes(Damage(Encoding.UTF8.GetString(document)));
        return Soap(new RequestSecurityTokenResponse { ProvisioningDocument = damaged }.Write(asked.Header.MessageId, s_now));
    }

    private async Task<IResult> ManageAsync(HttpRequest request)
    {
        Shown.Enqueue((await request.HttpContext.Connection.GetClientCertificateAsync())?.RawData);
        var message = SyncMlReader.Read(await BodyAsync(request));
        return Results.Bytes(ScriptedService.Bytes(message, true, []), "application/vnd.syncml.dm+xml");
    }

    private byte[] Document(byte[] certificate, CertificateStore store) => Provision(new ProvisioningDocument
    {
        ProviderId = "Test", Root = s_deviceRoot.RawData, Intermediate = s_issuer.RawData, Certificate = certificate, Store = store, Renew = new RenewSettings(),
        Application = new W7Application
        {
            Name = "Test", Address = Url + "/mdm", ServerToClient = new AppAuth(null, "b", [2]), ClientToServer = new AppAuth("pc", "a", [1]),
        },
        Provider = new DmClientProvider { DeviceManagementId = "id-7" },
    }).Write();

    private static byte[] Content(byte[] pkcs7)
    {
        var cms = new SignedCms();
        cms.Decode(pkcs7);
        cms.CheckSignature(verifySignatureOnly: true);
        return cms.ContentInfo.Content;
    }

    private static byte[] Certificate(byte[] pkcs10)
    {
        using var key = RSA.Create();
        key.ImportSubjectPublicKeyInfo(Pkcs10Request.Read(pkcs10).SubjectPublicKeyInfo, out _);
        return Issue("CN=pc", s_issuer, key, server: false).RawData;
    }

    private static X509Certificate2 Authority(string name, X509Certificate2? issuer)
    {
        var key = RSA.Create(2048);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return issuer is null
            ? request.CreateSelfSigned(s_now.AddDays(-2), s_now.AddYears(9))
            : request.Create(issuer, s_now.AddDays(-1), s_now.AddYears(8), RandomNumberGenerator.GetBytes(9)).CopyWithPrivateKey(key);
    }

    private static X509Certificate2 Issue(string name, X509Certificate2 issuer, RSA key, bool server)
    {
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var alternatives = new SubjectAlternativeNameBuilder();
        alternatives.AddDnsName("localhost");
        request.CertificateExtensions.Add(alternatives.Build());
        var certificate = request.Create(issuer, s_now.AddHours(-1), s_now.AddYears(1), RandomNumberGenerator.GetBytes(9));
        return server ? certificate.CopyWithPrivateKey(key) : certificate;
    }

    private static async Task<byte[]> BodyAsync(HttpRequest request)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body);
        return body.ToArray();
    }

    private static IResult Soap(byte[] body) => Results.Bytes(body, "application/soap+xml; charset=utf-8");

    private sealed class Refused(byte[] fault) : IResult
    {
        public Task ExecuteAsync(HttpContext context)
        {
            (context.Response.StatusCode, context.Response.ContentType, context.Response.ContentLength) = (500, "application/soap+xml; charset=utf-8", fault.Length);
            return context.Response.Body.WriteAsync(fault).AsTask();
        }
    }
}
