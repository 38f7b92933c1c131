namespace Deskward.Platform.Duties;

/// <summary>What is done in a duty.</summary>
public enum DutyAction
{
    Read,
    Request,
    Decide,
    Approve,
    Act,
    Close,
}

/// <summary>
/// Names the duty and the action of the matrix that a page, a route, a command or a scheduled action carries out. Who may take a route follows
/// from it, and so does which organisations are open while the request runs.
/// </summary>
/// <param name="duty">Id of the duty, such as <c>P1.policies</c>.</param>
/// <param name="action">The action; of a page, that of looking at it.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = false)]
public sealed class ServesAttribute(string duty, DutyAction action) : Attribute
{
    public string Duty { get; } = duty;

    public DutyAction Action { get; } = action;

    /// <summary>The duty that is served by what is posted to the page; null: the same.</summary>
    public string? PostDuty { get; init; }

    /// <summary>The action of what is posted to the page. <see cref="DutyAction.Read"/>: nothing can be posted.</summary>
    public DutyAction Post { get; init; } = DutyAction.Read;

    /// <summary>What a request of this method does.</summary>
    internal (string Duty, DutyAction Action)? For(string method) =>
        HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || (PostDuty is null && Post == DutyAction.Read && Action != DutyAction.Read) ? (Duty, Action)
        : Post == DutyAction.Read ? null
        : (PostDuty ?? Duty, Post);
}

/// <summary>
/// Beside <see cref="ServesAttribute"/>: the route is opened only to somebody who proved who they are within the last minutes, also where the matrix does
/// not demand it of the action. For a page whose form does, so that it asks before anything is typed; and for one of several things that a page does.
/// </summary>
/// <param name="name">The query parameter that tells which thing it is; null: always.</param>
/// <param name="value">The value for which it asks.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = false)]
public sealed class AsksAgainAttribute(string? name = null, string? value = null) : Attribute
{
    /// <summary>The query parameter that tells which thing it is; null: always.</summary>
    public string? Name { get; } = name;

    /// <summary>The value for which it asks.</summary>
    public string? Value { get; } = value;

    internal bool AppliesTo(HttpRequest request) => Name is null || string.Equals(request.Query[Name], Value, StringComparison.Ordinal);
}

/// <summary>The page can be used by somebody whose second factor is missing, because it is how one is set up.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class OpenBeforeSecondFactorAttribute : Attribute;

/// <summary>Names duties of routes that are not pages.</summary>
public static class ServesMetadata
{
    /// <summary>The route carries out this action of this duty, whatever the method.</summary>
    public static TBuilder Serves<TBuilder>(this TBuilder route, string duty, DutyAction action)
        where TBuilder : IEndpointConventionBuilder => route.WithMetadata(new ServesAttribute(duty, action) { PostDuty = duty, Post = action });
}
