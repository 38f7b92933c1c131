using System.Buffers.Text;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace Deskward.Benchmarks.Load;

/// <summary>
/// One TLS connection that sends finished bytes and reads answers with a Content-Length: the cheapest client there can be, because it runs on
/// the cores of the service.
/// </summary>
internal sealed class LoadConnection : IAsyncDisposable
{
    private static readonly byte[] EndOfHead = "\r\n\r\n"u8.ToArray();
    private static readonly byte[] LengthName = "\r\nContent-Length: "u8.ToArray();
    private readonly SslStream _tls;
    private byte[] _buffer = new byte[32 * 1024];

    private LoadConnection(SslStream tls) => _tls = tls;

    internal static async Task<LoadConnection> OpenAsync(int port, LoadIdentity identity)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, port);
            var tls = new SslStream(new NetworkStream(socket, ownsSocket: true));
            await tls.AuthenticateAsClientAsync(identity.Options);
            return new LoadConnection(tls);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Sends a request as it is.</summary>
    /// <returns>The answer's body, valid until the next call.</returns>
    /// <exception cref="InvalidDataException">The answer is not 200, or has no Content-Length.</exception>
    internal async ValueTask<ReadOnlyMemory<byte>> SendAsync(ReadOnlyMemory<byte> request)
    {
        await _tls.WriteAsync(request);
        var (read, head) = (0, -1);
        while (head < 0)
        {
            read += await ReadAsync(read);
            head = _buffer.AsSpan(0, read).IndexOf(EndOfHead);
        }

        var start = head + EndOfHead.Length;
        var end = start + Length(_buffer.AsSpan(0, head));
        while (read < end)
        {
            read += await ReadAsync(read);
        }

        return _buffer.AsMemory(start, end - start);
    }

    public async ValueTask DisposeAsync() => await _tls.DisposeAsync();

    private async ValueTask<int> ReadAsync(int at)
    {
        if (at == _buffer.Length)
        {
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        return await _tls.ReadAsync(_buffer.AsMemory(at)) is > 0 and var read ? read : throw new InvalidDataException("The connection was closed before the answer was complete.");
    }

    private static int Length(ReadOnlySpan<byte> head)
    {
        if (!head.StartsWith("HTTP/1.1 200"u8))
        {
            throw new InvalidDataException("The answer is " + System.Text.Encoding.ASCII.GetString(head[..Math.Min(head.Length, 40)]));
        }

        var at = head.IndexOf(LengthName);
        return at >= 0 && Utf8Parser.TryParse(head[(at + LengthName.Length)..], out int length, out _) ? length : throw new InvalidDataException("The answer has no Content-Length.");
    }
}
