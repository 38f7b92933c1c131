using Deskward.Protocol.Csp;

namespace Deskward.Protocol.Intune;

/// <summary>Why a setting of a file became what it became. English sentences, which pages translate as they are.</summary>
internal static class Reasons
{
    public const string Part = "It is a part of the value of this node.";
    public const string NotConfigured = "It is not configured in the file: nothing is sent.";
    public const string Holds = "It holds the settings below it.";
    public const string SecretRefused = "The secret is not a value that the node takes.";
    public const string Hidden = "The file holds a token in place of the secret. Type the secret into the policy set.";
    public const string Masked = "The value is encrypted, and the file does not hold it. Type it into the policy set.";
    public const string Reference = "It refers to something that is not in the file.";
    public const string Missing = "It has no value in the file.";
    public const string Disabled = "Its policy is disabled, so it has no effect.";
    public const string Service = "It steers Microsoft's update service; there is no such setting on a PC.";
    public const string Drivers = "On a PC drivers come with the quality updates, or do not come: there is no approval in between.";
    public const string Command = "It is a command, not a setting.";
    public const string Compliance = "It is a rule about what PCs report, not a setting of theirs.";
    public const string Signed = "Windows takes this value only when Microsoft has signed it.";
    public const string Exclusions = "How Windows wants exclusions of one rule to be written is not published. Exclude the path for all rules.";
    public const string WithoutParts = "It is taken without the parts that are not supported.";
    public const string OwnFormat = "It is sent in the format of the node, not in that of the file.";
    public const string WholeHours = "Windows takes whole hours.";
    public const string WindowsHas = "Windows has this template. It is used to read policies, and is not ingested.";
    public const string NoPathAndValue = "The line does not hold a path and a value.";
    public const string NoOmaUri = "It has no omaUri.";
    public const string EntraTenant = "The path holds the id of the organisation's Entra tenant. Give it with the import.";

    public static string NoNode(string id) => $"The catalogue knows no setting of Windows with the identifier {Short(id)}.";

    public static string NeedsTemplate(string app) => $"Supply the ADMX file that defines it; Intune has it as {Short(app)}.";

    public static string NeedsFile(string file) => $"Supply {Short(file)}: it names the elements of the policy.";

    public static string NoElement(string policy) => $"The ADMX file has no such element in the policy {Short(policy)}.";

    public static string NotFor(string policy, bool ofUser) => ofUser ? $"The ADMX file defines the policy {Short(policy)} for PCs, not for users." : $"The ADMX file defines the policy {Short(policy)} for users, not for PCs.";

    public static string BadElement(string id, string what) => $"The element {Short(id)} takes {what}.";

    public static string Without(string name) => $"It is not sent, because {Short(name)} cannot be.";

    public static string NoName(string placeholder) => $"The path holds the name {Short(placeholder)}, which the file does not give.";

    public static string NoDelimiter(int count) => $"It has {count} values, and the node takes one.";

    public static string NoChoice(string value) => $"The choice {Short(value)} is none of this setting.";

    public static string SetTwice(string first) => $"The same node is set to another value by {Short(first)}, which stands before it.";

    public static string SetAgain(string first) => $"The same node is set to the same value by {Short(first)}, which stands before it.";

    public static string Ingested(int policies) => $"The template is ingested; it defines {policies} policies.";

    public static string Unknown(string property) => $"The property {Short(property)} is not known.";

    public static string BadProperty(string value) => $"The value {Short(value)} is not known.";

    public static string Spelling(SettingChanges changes) => changes == SettingChanges.Path ? "The path is written as Windows names the node."
        : changes.HasFlag(SettingChanges.Quotes) ? "Quotation marks around the value are gone." : "It is written as Windows wants it.";

    private static string Short(string text) => ValueText.Excerpt(text, 160);
}
