using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Deskward.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Deskward.Benchmarks.Load;

/// <summary>
/// What the service is measured against: the same Kestrel with the same limits and the same handshake (the very options of the management
/// listener), which reads the body, looks the certificate's SHA-256 up among the known ones, and sends a recorded answer.
/// </summary>
internal static class ReferenceServer
{
    internal const string Path = "/reply/";

    /// <summary>Serves until standard input ends.</summary>
    internal static async Task<int> RunAsync(ServiceSettings settings, string recordings)
    {
        var (known, replies) = ReferenceFile.Read(recordings);
        using var certificates = new ServerCertificates(settings, TimeProvider.System, NullLogger<ServerCertificates>.Instance);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 4 * 1024 * 1024;
            kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(240, TimeSpan.FromSeconds(10));
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(20);
            kestrel.Listen(IPAddress.Loopback, settings.ManagementUrl.Port, listen => listen.UseHttps(certificates.ForDevices()));
        });
        await using var app = builder.Build();
        app.Run(context => AnswerAsync(context, known, replies));
        await app.StartAsync();
        Console.WriteLine("ready");
        await Console.In.ReadToEndAsync();
        await app.StopAsync();
        return 0;
    }

    private static async Task AnswerAsync(HttpContext context, HashSet<(UInt128, UInt128)> known, byte[][] replies)
    {
        var body = context.Request.BodyReader;
        for (var isWhole = false; !isWhole;)
        {
            var read = await body.ReadAsync(context.RequestAborted);
            isWhole = read.IsCompleted;
            body.AdvanceTo(isWhole ? read.Buffer.End : read.Buffer.Start, read.Buffer.End);
        }

        var certificate = context.Connection.ClientCertificate;
        if (certificate is null || !known.Contains(ReferenceFile.Key(SHA256.HashData(certificate.RawDataMemory.Span))))
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return;
        }

        var reply = replies[int.Parse(context.Request.Path.Value.AsSpan(Path.Length), NumberStyles.None, CultureInfo.InvariantCulture)];
        context.Response.ContentType = "application/vnd.syncml.dm+xml";
        context.Response.ContentLength = reply.Length;
        await context.Response.BodyWriter.WriteAsync(reply, context.RequestAborted);
    }
}

/// <summary>What the reference knows: certificates and answers.</summary>
internal static class ReferenceFile
{
    internal static void Write(string file, IReadOnlyCollection<byte[]> certificates, IReadOnlyCollection<byte[]> replies)
    {
        using var writer = new BinaryWriter(File.Create(file));
        foreach (var list in new[] { certificates, replies })
        {
            writer.Write(list.Count);
            foreach (var bytes in list)
            {
                writer.Write(bytes.Length);
                writer.Write(bytes);
            }
        }
    }

    internal static (HashSet<(UInt128, UInt128)> Known, byte[][] Replies) Read(string file)
    {
        using var reader = new BinaryReader(File.OpenRead(file));
        var certificates = ReadList(reader);
        return ([.. certificates.Select(Key)], ReadList(reader));
    }

    internal static (UInt128, UInt128) Key(byte[] sha256) => (MemoryMarshal.Read<UInt128>(sha256), MemoryMarshal.Read<UInt128>(sha256.AsSpan(16)));

    private static byte[][] ReadList(BinaryReader reader)
    {
        var list = new byte[reader.ReadInt32()][];
        for (var index = 0; index < list.Length; index++)
        {
            list[index] = reader.ReadBytes(reader.ReadInt32());
        }

        return list;
    }
}
