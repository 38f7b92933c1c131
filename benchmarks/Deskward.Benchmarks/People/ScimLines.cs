using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Deskward.Audit;
using Deskward.Directories;
using Deskward.Fixture;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Deskward.Benchmarks.People;

/// <summary>How many people a directory brings by single POSTs over several connections, audit included, and how soon their rows are chained.</summary>
internal sealed class ScimLines(BenchOptions options, BenchDatabases databases, Engine engine)
{
    private const int Connections = 8;
    private const double Wanted = 200;
    private static readonly TimeSpan ChainedWithin = TimeSpan.FromSeconds(1);
    private readonly int _people = options.Quick ? 80 : 4_000;
    private readonly int _rounds = options.Quick ? 1 : 3;

    internal async IAsyncEnumerable<BenchLine> RunAsync()
    {
        var settings = await databases.CreateAsync(engine);
        await using var service = await TestService.StartAsync(settings);
        await service.ProviderAsync();
        var customer = await service.AddCustomerAsync();
        var token = await service.InScopeAsync(
            async provider => (await provider.GetRequiredService<DirectoryTokens>().CreateAsync(customer.Id, "bench", 1, CancellationToken.None)).Value!.Token, customer.Id);
        await BringAsync(service, token, customer.Domain, round: -1); // compiles
        var (rates, unchained) = (new List<double>(), 0L);
        for (var round = 0; round < _rounds; round++)
        {
            var seconds = await BringAsync(service, token, customer.Domain, round);
            rates.Add(_people / seconds);
            await Task.Delay(ChainedWithin);
            unchained += await service.QueryAsync(db => db.Set<UnchainedEntry>().LongCountAsync(), customer.Id);
        }

        yield return BenchLine.NoLess(string.Create(CultureInfo.InvariantCulture, $"scim: people by single POSTs, {Connections} connections, {Name}"), Figures.Median(rates), "people/s", Wanted);
        yield return BenchLine.Exactly($"scim: rows not chained 1 s after the last answer, {Name}", unchained, "rows", 0);
    }

    private string Name => BenchDatabases.NameOf(engine);

    /// <summary>Seconds that it took.</summary>
    private async Task<double> BringAsync(TestService service, string token, string domain, int round)
    {
        var people = round < 0 ? _people / 4 : _people;
        var next = 0;
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => Task.Run(async () =>
        {
            using var client = service.Client();
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
            for (int number; (number = Interlocked.Increment(ref next)) <= people;)
            {
                await PostAsync(client, string.Create(CultureInfo.InvariantCulture, $"p{round + 1}x{number}@{domain}"), number);
            }
        })));
        return clock.Elapsed.TotalSeconds;
    }

    private static async Task PostAsync(HttpClient client, string address, int number)
    {
        var name = number.ToString(CultureInfo.InvariantCulture);
        using var content = new StringContent($$"""
            {"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],"externalId":"E-{{address}}","userName":"{{address}}","active":true,
            "displayName":"Person {{name}}","name":{"givenName":"Person","familyName":"{{name}}","formatted":"Person {{name}}"},"title":"Engineer","preferredLanguage":"en-GB",
            "emails":[{"value":"{{address}}","type":"work","primary":true}],"phoneNumbers":[{"value":"+44 20 7946 0{{name}}","type":"work"}],
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"employeeNumber":"{{name}}","department":"Sales"} }
            """, Encoding.UTF8, "application/scim+json");
        using var answer = await client.PostAsync("/scim/v2/Users", content);
        if (answer.StatusCode != HttpStatusCode.Created)
        {
            throw new InvalidOperationException($"{answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
        }
    }
}
