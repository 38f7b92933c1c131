using System.Diagnostics;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using Deskward.Fixture;
using Deskward.Identity.Factors;
using Deskward.Platform;

namespace Deskward.Benchmarks.LargeFleet;

/// <summary>Somebody who is signed in and asks for pages.</summary>
internal sealed partial class PortalVisitor : IDisposable
{
    private const int AtOnce = 4;
    private static readonly TimeSpan s_rest = TimeSpan.FromSeconds(2);
    private readonly HttpClient _http;
    private int _warmUpsLeft = 3;

    private PortalVisitor(HttpClient http) => _http = http;

    internal static Task<PortalVisitor> SignInAsync(Estate estate) => SignInAsync(estate.Settings, estate.Address);

    internal static async Task<PortalVisitor> SignInAsync(ServiceSettings settings, string address)
    {
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() };
        handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        handler.SslOptions.CertificateChainPolicy.CustomTrustStore.ImportFromPemFile(Path.Combine(settings.Data, "tls", "root.pem"));
        var http = new HttpClient(handler) { BaseAddress = settings.PublicUrl };
        var next = await PostAsync(http, "/sign-in", "sign-in", new("address", address), new("password", TestService.Password));
        if (next.Contains("/sign-in/second", StringComparison.Ordinal))
        {
            await PostAsync(http, "/sign-in/second", "second", new KeyValuePair<string, string>("code", Totp.Code(TestService.AppSecret, Totp.StepAt(TimeProvider.System.GetUtcNow()))));
        }

        return new PortalVisitor(http);
    }

    /// <summary>Where a form of sign-in leads.</summary>
    private static async Task<string> PostAsync(HttpClient http, string page, string handler, params KeyValuePair<string, string>[] fields)
    {
        var token = WebUtility.HtmlDecode(Token().Match(await http.GetStringAsync(page)).Groups["value"].Value);
        using var content = new FormUrlEncodedContent([new("__RequestVerificationToken", token), new("_handler", handler), .. fields]);
        using var answer = await http.PostAsync(page, content);
        return answer.StatusCode is HttpStatusCode.Redirect or HttpStatusCode.SeeOther && answer.Headers.Location is { } next
            ? next.OriginalString : throw new InvalidOperationException($"{page} was answered {answer.StatusCode}.");
    }

    /// <summary>
    /// The time within which all but one in a hundred pages are answered, of a service that has answered for a while: it compiles its code anew
    /// while it answers its first thousand pages, and in earnest when it has a moment's rest. Median of the rounds.
    /// </summary>
    internal async Task<double> SlowestAsync(bool quick, Func<int, string> address, string mustHold)
    {
        await AskAsync(quick ? 4 : 100, AtOnce, address, mustHold);
        for (; !quick && _warmUpsLeft > 0; _warmUpsLeft--)
        {
            await AskAsync(300, AtOnce, address, mustHold);
            await Task.Delay(s_rest);
        }

        var times = new List<double>();
        for (var round = 0; round < (quick ? 1 : 5); round++)
        {
            times.Add(Figures.Percentile(await AskAsync(quick ? 20 : 200, AtOnce, address, mustHold), 0.99));
        }

        return Figures.Median(times);
    }

    /// <summary>Milliseconds of each request, whole page read, some at the same time.</summary>
    /// <exception cref="InvalidOperationException">A page is not 200, or does not hold what it should.</exception>
    internal async Task<double[]> AskAsync(int count, int atOnce, Func<int, string> address, string mustHold)
    {
        var times = new double[count];
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = atOnce }, async (number, cancellationToken) =>
        {
            var started = Stopwatch.GetTimestamp();
            using var answer = await _http.GetAsync(address(number), cancellationToken);
            var page = await answer.Content.ReadAsStringAsync(cancellationToken);
            times[number] = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
            if (answer.StatusCode != HttpStatusCode.OK || !page.Contains(mustHold, StringComparison.Ordinal))
            {
                throw new InvalidOperationException($"{address(number)} was answered {answer.StatusCode}, without '{mustHold}'.");
            }
        });
        return times;
    }

    /// <summary>A page's text.</summary>
    internal Task<string> ReadAsync(string address) => _http.GetStringAsync(address);

    public void Dispose() => _http.Dispose();

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"(?<value>[^\"]*)\"")]
    private static partial Regex Token();
}
