using System.Globalization;
using System.Text;

namespace Deskward.Benchmarks.Load;

/// <summary>The bytes of a management request as Windows sends it: to the service, and to the reference that gives a known reply.</summary>
internal static class LoadRequest
{
    internal static byte[] ToService(Uri management, byte[] body) => Bytes(management.AbsolutePath + "?mode=Maintenance&Platform=WoA", management.Authority, body);

    /// <param name="port">Of the reference.</param>
    /// <param name="reply">Which of its replies it shall send.</param>
    /// <param name="body">The same body that the service gets.</param>
    internal static byte[] ToReference(int port, int reply, byte[] body) => Bytes(
        string.Create(CultureInfo.InvariantCulture, $"{ReferenceServer.Path}{reply}?mode=Maintenance&Platform=WoA"), string.Create(CultureInfo.InvariantCulture, $"localhost:{port}"), body);

    private static byte[] Bytes(string target, string host, byte[] body)
    {
        var head = $"""
            POST {target} HTTP/1.1
            Host: {host}
            Accept: application/vnd.syncml.dm+xml, application/vnd.syncml.dm+wbxml, application/octet-stream
            Accept-Charset: UTF-8
            User-Agent: MSFT OMA DM Client/1.2.0.1
            MS-CV: 0123456789abcdefABCDEF.1
            client-request-id: 1
            Content-Type: application/vnd.syncml.dm+xml
            Content-Length: {body.Length.ToString(CultureInfo.InvariantCulture)}


            """.ReplaceLineEndings("\r\n");
        return [.. Encoding.ASCII.GetBytes(head), .. body];
    }
}
