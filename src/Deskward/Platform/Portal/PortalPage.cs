using Microsoft.AspNetCore.Components;

namespace Deskward.Platform.Portal;

/// <summary>What every page has at hand. Pages are rendered once, on the server; forms post back to the page and end in a redirect.</summary>
public abstract class PortalPage : ComponentBase
{
    private Query? _query;

    [Inject]
    public Texts T { get; set; } = null!;

    [Inject]
    public CurrentPerson Me { get; set; } = null!;

    [Inject]
    public DeskwardContext Db { get; set; } = null!;

    [Inject]
    public NavigationManager Navigation { get; set; } = null!;

    [Inject]
    public TimeProvider Time { get; set; } = null!;

    [CascadingParameter]
    public HttpContext Http { get; set; } = null!;

    protected DateTimeOffset Now => Time.Now();

    protected CancellationToken Aborted => Http.RequestAborted;

    protected Query Query => _query ??= new Query(Http.Request.Query, Http.Request.Path);

    /// <summary>What was typed into the posted form; empty when absent. Longer input is cut: the rule that checks it says how long it may be.</summary>
    protected string Field(string name, int longest = 4000)
    {
        var text = Http.Request.HasFormContentType ? Http.Request.Form[name].ToString() : "";
        return (text.Length > longest ? text[..longest] : text).Trim();
    }

    /// <summary>Goes to a page of the portal, where <c>done.KEY</c> is shown.</summary>
    protected void Done(string key, string? path = null)
    {
        var target = path ?? Http.Request.Path.Value ?? "/";
        Navigation.NavigateTo(target + (target.Contains('?', StringComparison.Ordinal) ? "&" : "?") + "done=" + key);
    }

    /// <summary>To be thrown where there is no such page for this person; nothing after it runs, whether the page was asked for or posted to.</summary>
    protected Exception Missing()
    {
        Http.Response.StatusCode = StatusCodes.Status404NotFound;
        return new NoSuchPage();
    }

    /// <summary>What a refusal says, in the language of the page.</summary>
    protected string Say(Refusal refusal) => T.Language == Language.English ? refusal.Message : Sayings.In(T.Language, refusal.Message) ?? $"{T["refusal." + refusal.Reason]} ({refusal.Message})";
}

/// <summary>Ends a page that does not exist. The router's own way keeps rendering, and fails where a form is part of what it takes off the page.</summary>
internal sealed class NoSuchPage : Exception;
