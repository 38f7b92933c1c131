using Deskward.Notices;
using Deskward.Platform;

namespace Deskward.Identity.Factors;

/// <summary>What of an account changed that its owner must hear of, because somebody else may have done it.</summary>
public enum AccountChange
{
    Password,
    AppAdded,
    AppRemoved,
    PasskeyAdded,
    PasskeyRemoved,
    CodesMade,
    EmergencyCodesMade,
    ProviderLinked,
    FactorsReset,
}

/// <summary>Tells people that how they sign in was changed.</summary>
public sealed class AccountChanges(NoticeBoard board, TimeProvider time)
{
    internal static readonly NoticeKind Kind = new("identity.account-changed");

    /// <summary>Adds the notice; saved with the caller's changes.</summary>
    internal Task TellAsync(Person person, AccountChange change, CancellationToken cancellationToken) => board.SendAsync(
        new Notice(Kind, person.TenantId)
        {
            To = [person.AsRecipient()],
            Link = NoticeLink.Page("/account/sessions"),
            Values = new Dictionary<string, NoticeValue> { ["what"] = NoticeValue.OfText("account-change." + change), ["at"] = time.Now() },
        },
        cancellationToken);
}
