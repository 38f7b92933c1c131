namespace Deskward.Groups.Rules;

/// <summary>A part of a rule that holds or not.</summary>
internal abstract record RuleNode
{
    /// <param name="facts">The PC.</param>
    /// <param name="element">Inside <c>-any</c> and <c>-all</c>, the value looked at, which the rule calls <c>_</c>.</param>
    internal abstract bool Holds(PcFacts facts, string? element);

    internal abstract AttributeSet Attributes { get; }
}

internal sealed record AndNode(IReadOnlyList<RuleNode> Parts) : RuleNode
{
    internal override AttributeSet Attributes { get; } = Parts.Aggregate(default(AttributeSet), (all, part) => all.With(part.Attributes));

    internal override bool Holds(PcFacts facts, string? element)
    {
        foreach (var part in Parts)
        {
            if (!part.Holds(facts, element))
            {
                return false;
            }
        }

        return true;
    }
}

internal sealed record OrNode(IReadOnlyList<RuleNode> Parts) : RuleNode
{
    internal override AttributeSet Attributes { get; } = Parts.Aggregate(default(AttributeSet), (all, part) => all.With(part.Attributes));

    internal override bool Holds(PcFacts facts, string? element)
    {
        foreach (var part in Parts)
        {
            if (part.Holds(facts, element))
            {
                return true;
            }
        }

        return false;
    }
}

internal sealed record NotNode(RuleNode Part) : RuleNode
{
    internal override AttributeSet Attributes => Part.Attributes;

    internal override bool Holds(PcFacts facts, string? element) => !Part.Holds(facts, element);
}

/// <summary>A comparison of an attribute that holds one value.</summary>
internal sealed record AttributeNode(PcAttribute Attribute, RuleTest Test) : RuleNode
{
    internal override AttributeSet Attributes { get; } = AttributeSet.Of(Attribute);

    internal override bool Holds(PcFacts facts, string? element) => Test.Holds(facts[Attribute]);
}

/// <summary>A comparison of <c>_</c>.</summary>
internal sealed record ElementNode(RuleTest Test) : RuleNode
{
    internal override AttributeSet Attributes => default;

    internal override bool Holds(PcFacts facts, string? element) => Test.Holds(element);
}

/// <summary>Whether any or all of the values of an attribute are so. Of none at all, all are.</summary>
internal sealed record ManyNode(PcAttribute Attribute, bool All, RuleNode Each) : RuleNode
{
    internal override AttributeSet Attributes { get; } = AttributeSet.Of(Attribute);

    internal override bool Holds(PcFacts facts, string? element)
    {
        foreach (var value in facts.PhysicalIds)
        {
            if (Each.Holds(facts, value) != All)
            {
                return !All;
            }
        }

        return All;
    }
}
