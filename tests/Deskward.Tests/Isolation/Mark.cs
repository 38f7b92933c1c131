using Deskward.Platform;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Deskward.Isolation;

/// <summary>What is planted in every text of one customer, so that it is recognised wherever else it turns up.</summary>
/// <param name="Personal">In what only the customer, and the provider by a grant, may see.</param>
/// <param name="Standing">In what the provider sees of every customer without a grant; also the customer's domain.</param>
internal sealed record Mark(string Personal, string Standing)
{
    internal static Mark Of(string domain) => new("zp" + Guid.CreateVersion7().ToString("n")[^10..], domain.Split('.')[0]);

    internal bool IsIn(string text) => IsPersonalIn(text) || text.Contains(Standing, StringComparison.OrdinalIgnoreCase);

    internal bool IsPersonalIn(string text) => text.Contains(Personal, StringComparison.OrdinalIgnoreCase);
}

/// <summary>The text columns of the model, and what they may hold.</summary>
internal static class TextColumns
{
    /// <summary>Columns that never hold what a person, a PC or a directory wrote. The closed list, each with its reason.</summary>
    internal static readonly Dictionary<string, string> Words = new()
    {
        ["audit_entries.action"] = "a word of the product",
        ["audit_entries.object_kind"] = "a word of the product",
        ["certificates_issued.serial"] = "a random number of ours",
        ["certificates_issued.revocation_reason"] = "a word of the product",
        ["contacts_checkpoint_addresses.language"] = "code of a language",
        ["contacts_contacts.language"] = "code of a language",
        ["grants_protective_actions.duty"] = "a word of the matrix",
        ["grants_uses.duty"] = "a word of the matrix",
        ["desired_policy_sets.shipped"] = "a word of the product",
        ["groups_groups.part"] = "a word of the product",
        ["identity_people.language"] = "code of a language",
        ["identity_people.password_hash"] = "a hash",
        ["identity_people.security_stamp"] = "a random number of ours",
        ["identity_people.concurrency_stamp"] = "a random number of ours",
        ["identity_sessions.stamp"] = "a random number of ours",
        ["identity_sessions.methods"] = "words of the product",
        ["identity_sessions.source"] = "an address of the network",
        ["identity_passkeys.transports"] = "words of the browser's interface",
        ["notices_mails.answer"] = "what the mail server said",
        ["notices_mails.message_id"] = "a random number of ours",
        ["notices_sent.kind"] = "a word of the product",
        ["notices_sent.path"] = "a page of the portal",
        ["organisations_deletion_proofs.checkpoint"] = "digests of ours",
        ["organisations_deletion_proofs.counts"] = "numbers by name of table",
        ["organisations_readiness.key"] = "a word of the product",
        ["organisations_readiness.text"] = "a word of the product",
        ["policies_compliance_faults.rule"] = "a word of the product, or a path of the catalogue",
        ["policies_compliance_rules.rules"] = "words of the product, and paths of the catalogue",
        ["responsibilities_calendars.time_zone"] = "a name of the time zone database",
        ["responsibilities_delegations.duty"] = "a word of the matrix",
        ["responsibilities_figures.key"] = "a word of the contract",
        ["responsibilities_proposals.key"] = "a word of the contract",
        ["sessions_commands.kind"] = "a word of the product",
        ["sessions_commands.verb"] = "a word of the protocol",
        ["sessions_commands.format"] = "a word of the protocol",
        ["sessions_sessions.ending"] = "a word of the product",
        ["sessions_sessions.login_status"] = "a word of the protocol",
        ["sessions_sessions.events"] = "words of the product",
        ["tenants_clashes.request_id"] = "a random number of ours",
        ["tenants_domains.token"] = "a random number of ours",
    };

    /// <summary>Columns that are filled by the product's own doors, because they must hold together with others.</summary>
    private static readonly HashSet<string> FilledByTheProduct =
    [
        "audit_entries.actor_name", "audit_entries.object_name", "audit_entries.before", "audit_entries.after", "devices_devices.inventory", "directories_mails.key",
        "directories_users.name_key", "identity_people.user_name", "identity_people.normalized_user_name", "identity_people.email", "identity_people.normalized_email",
        "notices_mails.address", "notices_sent.values", "tenants_domains.domain", "tenants_organisations.name", "tenants_organisations.domain",
    ];

    /// <summary>The columns of a table that must hold the mark of a customer with the full range of rows.</summary>
    internal static IEnumerable<IProperty> Of(IEntityType type) => type.GetProperties().Where(property => property.ClrType == typeof(string) && !Words.ContainsKey(NameOf(property)));

    /// <summary>Those that can be overwritten with any text.</summary>
    internal static IEnumerable<IProperty> Free(IEntityType type) =>
        Of(type).Where(property => !property.IsKey() && !property.IsConcurrencyToken && !FilledByTheProduct.Contains(NameOf(property)));

    internal static string NameOf(IReadOnlyProperty property) => $"{property.DeclaringType.ContainingEntityType.GetTableName()}.{property.GetColumnName()}";

    /// <summary>The provider may read the column of every customer without a grant.</summary>
    internal static bool IsStanding(IProperty property)
    {
        var type = property.DeclaringType.ContainingEntityType;
        return type.ClrType.IsAssignableTo(typeof(IStandingReadable))
            || StandingViews.Of(type.Model).Any(view => StandingViews.TableOf(view) == type.GetTableName() && view.GetProperties().Any(shown => shown.GetColumnName() == property.GetColumnName()));
    }
}
