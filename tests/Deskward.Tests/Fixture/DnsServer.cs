using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Deskward.Fixture;

/// <summary>A small authoritative DNS server over UDP on loopback (RFC 1035): TXT records of the test's choice, NXDOMAIN for all else, or silence.</summary>
internal sealed class DnsServer : IAsyncDisposable
{
    private const int HeaderSize = 12;
    private const ushort Txt = 16;
    private readonly UdpClient _socket = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentDictionary<string, string> _records = new(StringComparer.OrdinalIgnoreCase);
    private readonly Task _work;

    internal DnsServer() => _work = Task.Run(ServeAsync);

    internal IPEndPoint Address => (IPEndPoint)_socket.Client.LocalEndPoint!;

    /// <summary>While true, every question is answered SERVFAIL.</summary>
    internal bool Fails { get; set; }

    internal void Set(string name, string text) => _records[name] = text;

    internal void Remove(string name) => _records.TryRemove(name, out _);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _socket.Dispose();
        await _work;
        _end.Dispose();
    }

    private async Task ServeAsync()
    {
        while (!_end.IsCancellationRequested)
        {
            try
            {
                var question = await _socket.ReceiveAsync(_end.Token);
                await _socket.SendAsync(Answer(question.Buffer), question.RemoteEndPoint, _end.Token);
            }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // The server ends, or who asked has gone.
            }
        }
    }

    private byte[] Answer(byte[] question)
    {
        var (name, end) = Name(question);
        var known = _records.TryGetValue(name, out var text) && BinaryPrimitives.ReadUInt16BigEndian(question.AsSpan(end)) == Txt;
        var answer = new List<byte>(question[..(end + 4)]);
        answer[2] = (byte)(0x84 | (question[2] & 0x01)); // An answer, authoritative.
        answer[3] = (byte)(Fails ? 2 : known ? 0 : 3);
        (answer[6], answer[7]) = (0, (byte)(known && !Fails ? 1 : 0));
        (answer[8], answer[9], answer[10], answer[11]) = (0, 0, 0, 0); // What the question added, such as EDNS, is not answered.
        if (known && !Fails)
        {
            var bytes = Encoding.ASCII.GetBytes(text!);
            answer.AddRange([0xC0, HeaderSize, 0, (byte)Txt, 0, 1, 0, 0, 0, 60, 0, (byte)(bytes.Length + 1), (byte)bytes.Length, .. bytes]);
        }

        return [.. answer];
    }

    private static (string Name, int End) Name(byte[] message)
    {
        var labels = new List<string>();
        var at = HeaderSize;
        for (; message[at] != 0; at += message[at] + 1)
        {
            labels.Add(Encoding.ASCII.GetString(message, at + 1, message[at]));
        }

        return (string.Join('.', labels), at + 1);
    }
}
