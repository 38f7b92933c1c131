using Deskward.Identity;
using Deskward.Notices;
using Deskward.Platform;
using Deskward.Platform.Duties;

namespace Deskward.Grants;

/// <summary>What the customer is told of access, in the transaction of what it tells about.</summary>
internal sealed class AccessNotices(DeskwardContext db, NoticeBoard board)
{
    internal static readonly NoticeKind Requested = new("grants.requested") { MayOptOut = true };
    internal static readonly NoticeKind Opened = new("grants.opened") { MayOptOut = true };
    internal static readonly NoticeKind Protective = new("grants.protective") { Importance = NoticeImportance.High, IsSecurity = true };
    internal static readonly NoticeKind Overdue = new("grants.review-overdue") { Importance = NoticeImportance.High, IsSecurity = true };

    /// <summary>Tells those who can answer that somebody asks.</summary>
    internal Task RequestedAsync(AccessRequest request, CancellationToken cancellationToken) => TellAsync(Requested, request, cancellationToken);

    /// <summary>Tells those who can end it that access is open.</summary>
    internal Task OpenedAsync(AccessRequest request, CancellationToken cancellationToken) => TellAsync(Opened, request, cancellationToken);

    /// <summary>Tells the customer's security managers; where there are none, its owners.</summary>
    /// <returns>How many people.</returns>
    internal async Task<int> ProtectiveAsync(ProtectiveAction action, CancellationToken cancellationToken)
    {
        var readers = await ReadersAsync(action.TenantId, [Role.SecurityManager], cancellationToken);
        readers = readers.Count > 0 ? readers : await ReadersAsync(action.TenantId, [Role.CustomerOwner], cancellationToken);
        await board.SendAsync(new Notice(Protective, action.TenantId)
        {
            To = readers,
            Values = new Dictionary<string, NoticeValue> { ["name"] = action.PersonAddress, ["object"] = action.ObjectName, ["reason"] = action.Reason, ["at"] = action.At, ["due"] = action.ReviewDueAt },
            Link = NoticeLink.Page($"/protective-actions/{action.Id}"),
        }, cancellationToken);
        return readers.Count;
    }

    /// <summary>Tells the provider's service leads, who review, that nobody has.</summary>
    internal async Task OverdueAsync(ProtectiveAction action, Guid provider, string customer, CancellationToken cancellationToken) => await board.SendAsync(new Notice(Overdue, provider)
    {
        To = await ReadersAsync(provider, [Role.ServiceLead], cancellationToken),
        Values = new Dictionary<string, NoticeValue> { ["customer"] = customer, ["name"] = action.PersonAddress, ["object"] = action.ObjectName, ["at"] = action.At, ["due"] = action.ReviewDueAt },
        Link = NoticeLink.Page($"/protective-actions/{action.Id}"),
    }, cancellationToken);

    private async Task TellAsync(NoticeKind kind, AccessRequest request, CancellationToken cancellationToken) => await board.SendAsync(new Notice(kind, request.TenantId)
    {
        To = await ReadersAsync(request.TenantId, [Role.CustomerOwner, Role.ChangeApprover], cancellationToken),
        Values = new Dictionary<string, NoticeValue>
        {
            ["name"] = request.PersonName, ["address"] = request.PersonAddress, ["role"] = NoticeValue.OfText("role." + request.Role), ["reason"] = request.Reason,
            ["hours"] = request.Hours.ToString(System.Globalization.CultureInfo.InvariantCulture), ["until"] = request.Until ?? request.RequestedAt,
        },
        Link = NoticeLink.Page("/access"),
    }, cancellationToken);

    private async Task<List<Recipient>> ReadersAsync(Guid customer, Role[] roles, CancellationToken cancellationToken) =>
        [.. (await db.HoldersAsync(customer, roles, cancellationToken)).Select(person => person.AsRecipient())];
}
