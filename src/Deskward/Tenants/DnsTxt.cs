using System.Net;
using Deskward.Platform;
using DnsClient;

namespace Deskward.Tenants;

/// <summary>Asks the DNS for TXT records: the server of the settings, otherwise the machine's. Nothing is kept, so that a record counts as soon as it is there.</summary>
public sealed class DnsTxt(ServiceSettings settings)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    private readonly Lazy<LookupClient> _client = new(() => new LookupClient(Options(settings.DnsServer)));

    /// <summary>The texts at a name; empty when there is no such name or record.</summary>
    /// <returns>Refused when the DNS does not answer, or answers with a failure.</returns>
    internal async Task<Outcome<IReadOnlyList<string>>> AskAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await _client.Value.QueryAsync(name, QueryType.TXT, QueryClass.IN, cancellationToken);
            return answer.Header.ResponseCode is DnsHeaderResponseCode.NoError or DnsHeaderResponseCode.NotExistentDomain
                ? answer.Answers.TxtRecords().Select(record => string.Concat(record.Text)).ToList()
                : Silent(name);
        }
        catch (Exception exception) when (exception is DnsResponseException or System.Net.Sockets.SocketException or ArgumentException or InvalidOperationException)
        {
            return Silent(name);
        }
    }

    private static Refusal Silent(string name) => new(RefusalReason.Unavailable, $"The DNS gave no answer about {name}. Try again later.");

    private static LookupClientOptions Options(IPEndPoint? server) => new(server is null ? NameServer.ResolveNameServers().ToArray() : [new NameServer(server)])
    {
        UseCache = false, Timeout = Patience, Retries = 1, ThrowDnsErrors = false, ContinueOnDnsError = true,
    };
}
