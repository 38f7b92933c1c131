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

/// <summary>Names duties of routes that are not pages.</summary>
public static class ServesMetadata
{
    /// <summary>The route carries out this action of this duty, whatever the method.</summary>
    public static TBuilder Serves<TBuilder>(this TBuilder route, string duty, DutyAction action)
        where TBuilder : IEndpointConventionBuilder => route.WithMetadata(new ServesAttribute(duty, action) { PostDuty = duty, Post = action });
}
