using System.Net;
using Deskward.Protocol.Enrolment;

namespace Deskward.Simulator;

/// <summary>What a person types into the sign-in window.</summary>
/// <param name="Password">The person's password at the service.</param>
/// <param name="OneTimeCode">What the person's authenticator app shows; null: the person has none, or is not asked.</param>
public sealed record SignInAnswers(string Password, string? OneTimeCode = null)
{
    /// <summary>Without secrets: records are logged by accident.</summary>
    public override string ToString() => nameof(SignInAnswers);
}

/// <summary>
/// The window in which Windows shows the sign-in page of a service that wants Federated (MS-MDE2 3.1.4.1): follows redirects, keeps cookies, fills the forms
/// in as a person would, and closes when the page posts a token to the window's own address. Runs no scripts.
/// </summary>
internal sealed class SignInWindow(PcNetwork network, string address, SignInAnswers answers) : IDisposable
{
    private const uint NotAuthenticated = 0x80180002;
    private const uint BadPage = 0x80180001;
    private const uint Unreachable = 0x80072EFD;
    private const string OwnAddress = "ms-app://windows.immersivecontrolpanel";
    private const int MostPages = 20;
    private readonly HttpMessageInvoker _http = network.Connect(null);
    private readonly CookieContainer _cookies = new();
    private bool _typedPassword;
    private bool _typedCode;

    public void Dispose() => _http.Dispose();

    /// <summary>Has the person sign in and returns what the page hands to Windows.</summary>
    /// <param name="page">AuthenticationServiceUrl of the discovery.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public async Task<BinarySecurityToken> SignInAsync(Uri page, CancellationToken cancellation)
    {
        var separator = page.Query.Length > 0 ? '&' : '?';
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"{page.AbsoluteUri}{separator}appru={Uri.EscapeDataString(OwnAddress)}&login_hint={Uri.EscapeDataString(address)}"));
        for (var number = 0; number < MostPages; number++)
        {
            using var answer = await SendAsync(request, cancellation).ConfigureAwait(false);
            var here = request.RequestUri!;
            if (answer.Headers.Location is { } location)
            {
                request = new HttpRequestMessage(HttpMethod.Get, Safe(new Uri(here, location)));
                continue;
            }
            if (answer.StatusCode != HttpStatusCode.OK)
            {
                throw new EnrolmentRefusedException(BadPage, $"The sign-in page answers HTTP {(int)answer.StatusCode}.");
            }
            var forms = WebForm.ReadAll(await answer.Content.ReadAsStringAsync(cancellation).ConfigureAwait(false));
            if (forms.FirstOrDefault(form => form.Action == OwnAddress) is { } last)
            {
                return last.Hidden.FirstOrDefault(field => field.Name == "wresult").Value is { Length: > 0 } token
                    ? new BinarySecurityToken(BinarySecurityToken.UserToken, System.Text.Encoding.UTF8.GetBytes(token))
                    : throw new EnrolmentRefusedException(BadPage, "The sign-in page hands Windows a form without wresult.");
            }
            request = Fill(here, forms);
        }
        throw new EnrolmentRefusedException(BadPage, $"The sign-in page has not come to an end after {MostPages} pages.");
    }

    // The password first, then a code, then what the page itself asks for with nothing but a button: not the forms around it, which lead elsewhere.
    private HttpRequestMessage Fill(Uri here, IReadOnlyList<WebForm> forms)
    {
        if (forms.FirstOrDefault(form => form.Password is not null) is { } asksPassword)
        {
            Once(ref _typedPassword, "The sign-in page does not accept the address or the password.");
            return Post(here, asksPassword, (asksPassword.Address, address), (asksPassword.Password, answers.Password));
        }
        if (forms.FirstOrDefault(form => form.OneTimeCode is not null) is { } asksCode)
        {
            Once(ref _typedCode, "The sign-in page does not accept the one-time code.");
            return Post(here, asksCode, (asksCode.OneTimeCode, answers.OneTimeCode
                ?? throw new EnrolmentRefusedException(NotAuthenticated, "The sign-in page asks for a one-time code, and none was given.")));
        }
        return forms.FirstOrDefault(form => form.AsksNothing && (form.Action is not { } action || new Uri(here, action).AbsolutePath == here.AbsolutePath)) is { } confirms
            ? Post(here, confirms)
            : throw new EnrolmentRefusedException(BadPage, "The sign-in page asks for something that this PC's person does not know.");
    }

    private static void Once(ref bool done, string refused) => done = done ? throw new EnrolmentRefusedException(NotAuthenticated, refused) : true;

    private static HttpRequestMessage Post(Uri here, WebForm form, params (string? Name, string Value)[] typed) => new(HttpMethod.Post, Safe(form.Action is { } action ? new Uri(here, action) : here))
    {
        Content = new FormUrlEncodedContent(form.Hidden.Concat(typed).Where(field => field.Name is not null).Select(field => KeyValuePair.Create(field.Name!, field.Value))),
    };

    // What is typed never leaves for an address without TLS.
    private static Uri Safe(Uri address) => address.Scheme == Uri.UriSchemeHttps ? address : throw new EnrolmentRefusedException(BadPage, $"The sign-in page leads to {address}.");

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        var address = request.RequestUri!;
        request.Version = network.HttpVersion;
        request.VersionPolicy = HttpVersionPolicy.RequestVersionOrLower;
        request.Headers.TryAddWithoutValidation("Accept", "text/html");
        if (_cookies.GetCookieHeader(address) is { Length: > 0 } cookies)
        {
            request.Headers.TryAddWithoutValidation("Cookie", cookies);
        }
        try
        {
            var answer = await _http.SendAsync(request, cancellation).ConfigureAwait(false);
            foreach (var cookie in answer.Headers.TryGetValues("Set-Cookie", out var set) ? set : [])
            {
                _cookies.SetCookies(address, cookie);
            }
            return answer;
        }
        catch (HttpRequestException error)
        {
            throw new EnrolmentRefusedException(Unreachable, error.InnerException?.Message ?? error.Message);
        }
    }
}
