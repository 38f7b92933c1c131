using System.Text.RegularExpressions;
using Deque.AxeCore.Commons;
using Deskward.Faults;
using Deskward.Fixture;
using Microsoft.Playwright;
using Xunit;

namespace Deskward.Browser;

/// <summary>Debian's Chromium without windows, driven; one for all tests of a class.</summary>
public sealed class Browsers : IAsyncDisposable
{
    internal const string Executable = "/usr/bin/chromium-headless-shell";
    private const float Patience = 120_000;
    private const int Phone = 390;

    // No page lives long enough to earn what optimising its scripts costs: a third of the browser's time with the rules for accessibility.
    private static readonly string[] s_switches = ["--js-flags=--no-opt --no-maglev"];

    // Run in the page itself: the package for Playwright opens a window for each result, and hands over what was found in order as well.
    private const string Violations = """
        async rules => (await axe.run(document, { resultTypes: ['violations'], ...(rules ? { runOnly: rules } : {}) })).violations
            .filter(one => one.impact === 'serious' || one.impact === 'critical').map(one => location.href + ': ' + one.id + ': ' + one.nodes[0].html)
        """;
    private static readonly string s_axe = new BundledAxeScriptProvider().GetScript();
    private static readonly string[] s_ofLooks = ["color-contrast", "scrollable-region-focusable"];
    private readonly SemaphoreSlim _gate = new(1);
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>A window of its own; <paramref name="script"/> off is a browser without JavaScript.</summary>
    public async Task<IPage> OpenAsync(TestService service, string language = "en", bool dark = false, int width = 1366, bool script = true)
    {
        await _gate.WaitAsync();
        try
        {
            _playwright ??= await Playwright.CreateAsync();
            _browser ??= await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = Executable, Args = Environment.IsPrivilegedProcess ? [.. s_switches, "--no-sandbox"] : s_switches });
        }
        finally
        {
            _gate.Release();
        }

        var window = await _browser.NewContextAsync(new()
        {
            IgnoreHTTPSErrors = true, BaseURL = service.PublicUrl.AbsoluteUri, Locale = language, JavaScriptEnabled = script,
            ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light, ViewportSize = new() { Width = width, Height = 844 },
        });
        window.SetDefaultTimeout(Patience);
        window.SetDefaultNavigationTimeout(Patience);
        return await window.NewPageAsync();
    }

    /// <summary>Fills the sign-in form and waits for the first page.</summary>
    /// <param name="page">A window.</param>
    /// <param name="address">Who.</param>
    /// <param name="service">Where, for somebody with an authenticator app.</param>
    public static async Task SignInAsync(IPage page, string address, TestService? service = null)
    {
        await page.GotoAsync("/sign-in");
        await page.FillAsync("#address", address);
        await page.FillAsync("#password", TestService.Password);
        await page.ClickAsync("main button.primary");
        if (service is not null)
        {
            await page.FillAsync("#code", await service.CodeAsync(address));
            await page.ClickAsync("main form button.primary");
        }

        await LeaveAsync(page, "sign-in");
    }

    /// <summary>Waits for a page whose address no longer holds this. Not for its last picture: that may have come before anybody asks.</summary>
    public static Task LeaveAsync(IPage page, string part) =>
        Assertions.Expect(page).Not.ToHaveURLAsync(new Regex(Regex.Escape(part)), new() { Timeout = Patience });

    /// <summary>Language, whether dark, and width of what is looked at: each at least once, all together in a long run.</summary>
    public static TheoryData<string, bool, int> Looks => Effort.IsLong
        ? new() { { "en", false, 1366 }, { "zh-CN", true, Phone }, { "en", true, Phone }, { "zh-CN", false, 1366 } }
        : new() { { "en", false, 1366 }, { "zh-CN", true, Phone } };

    /// <summary>Nothing on the page keeps somebody out who sees, hears or moves otherwise, and nothing of it is cut off at the side.</summary>
    /// <param name="page">The page.</param>
    /// <param name="whole">Also on a phone, and by all rules. False: of all rules only the one that another theme, width or script can break; the others look at what is the same there.</param>
    public static async Task ShutsNobodyOutAsync(IPage page, bool whole)
    {
        if (!await page.EvaluateAsync<bool>("'axe' in globalThis"))
        {
            await page.AddInitScriptAsync(s_axe); // Every later page of this window has it, without its half a megabyte being sent again.
            await page.EvaluateAsync(s_axe);
        }

        Assert.Empty(await page.EvaluateAsync<string[]>(Violations, whole ? null : s_ofLooks));
        await CutsNothingOffAsync(page);
        if (whole)
        {
            var size = page.ViewportSize!;
            await page.SetViewportSizeAsync(Phone, size.Height);
            await CutsNothingOffAsync(page);
            await page.SetViewportSizeAsync(size.Width, size.Height);
        }
    }

    /// <summary>What sticks out is named, as far as it can be told.</summary>
    private static async Task CutsNothingOffAsync(IPage page)
    {
        var found = await page.EvaluateAsync<string>("""
            (() => {
                const wide = document.documentElement.clientWidth, out = [...document.querySelectorAll('body *')].filter(one => one.getBoundingClientRect().right > wide && !one.closest('.table'));
                return document.documentElement.scrollWidth <= wide ? '' : document.documentElement.scrollWidth - wide + ' pixels: ' + out.slice(-3).map(one => one.outerHTML.slice(0, 200)).join(' ');
            })()
            """);
        Assert.True(found.Length == 0, $"{page.Url}: {found}");
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
        _gate.Dispose();
    }
}
