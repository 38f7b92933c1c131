using Deskward.Platform;

namespace Deskward.Groups.Rules;

/// <summary>
/// Who is in a dynamic group, in the syntax of Entra's <c>membershipRule</c>: the part of it that asks for attributes of devices. A rule that was read holds
/// nothing that changes, so it is shared.
/// </summary>
internal sealed class MembershipRule
{
    /// <summary>As many characters as Entra takes.</summary>
    internal const int Longest = 3072;

    private MembershipRule(string text, RuleNode node) => (Text, Node) = (text, node);

    internal string Text { get; }

    internal RuleNode Node { get; }

    /// <summary>What it asks for: a PC of which nothing else changed need not be looked at.</summary>
    internal AttributeSet Attributes => Node.Attributes;

    /// <summary>The rule; or Invalid, with line and column of the first thing that is wrong.</summary>
    internal static Outcome<MembershipRule> Read(string text)
    {
        if (text.Length > Longest)
        {
            return Refusal.Invalid($"A rule has at most {Longest} characters.");
        }

        var (node, error) = RuleParser.Read(text);
        return node is null ? Refusal.Invalid(error!.ToString()) : new MembershipRule(text, node);
    }

    internal bool Holds(PcFacts facts) => Node.Holds(facts, null);
}
