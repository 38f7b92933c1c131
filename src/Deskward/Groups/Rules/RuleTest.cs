using System.Text.RegularExpressions;

namespace Deskward.Groups.Rules;

internal enum RuleOperator
{
    Eq,
    Ne,
    StartsWith,
    NotStartsWith,
    Contains,
    NotContains,
    Match,
    NotMatch,
    In,
    NotIn,
}

/// <summary>
/// A comparison with what stands in the rule. Case does not count. Of a value that is not known only <c>-eq null</c> holds, and whatever begins with "not".
/// </summary>
internal sealed record RuleTest(RuleOperator Operator, IReadOnlyList<string?> Values, Regex? Pattern)
{
    private readonly HashSet<string>? _among = Operator is RuleOperator.In or RuleOperator.NotIn ? new(Values.OfType<string>(), StringComparer.OrdinalIgnoreCase) : null;

    internal static bool IsNegative(RuleOperator of) => of is RuleOperator.Ne or RuleOperator.NotStartsWith or RuleOperator.NotContains or RuleOperator.NotMatch or RuleOperator.NotIn;

    internal bool Holds(string? value) => IsPositive(value) != IsNegative(Operator);

    private bool IsPositive(string? value) => Operator switch
    {
        RuleOperator.Eq or RuleOperator.Ne => string.Equals(value, Values[0], StringComparison.OrdinalIgnoreCase),
        _ when value is null => false,
        RuleOperator.StartsWith or RuleOperator.NotStartsWith => value.StartsWith(Values[0]!, StringComparison.OrdinalIgnoreCase),
        RuleOperator.Contains or RuleOperator.NotContains => value.Contains(Values[0]!, StringComparison.OrdinalIgnoreCase),
        RuleOperator.Match or RuleOperator.NotMatch => Pattern!.IsMatch(value),
        RuleOperator.In or RuleOperator.NotIn => _among!.Contains(value),
        _ => throw new ArgumentOutOfRangeException(nameof(value)),
    };
}

/// <summary>
/// Patterns of <c>-match</c>: searched in time that grows with the text alone, whatever the pattern. What cannot be searched so is refused, as is one that
/// would grow large by repetition.
/// </summary>
internal static partial class RulePattern
{
    internal const int Longest = 256;
    private const int MostRepeats = 1000;

    internal static (Regex? Pattern, int Offset, string? Problem) Read(string pattern)
    {
        if (pattern.Length > Longest)
        {
            return (null, 0, $"A pattern has at most {Longest} characters.");
        }

        var repeats = Repeat().Matches(pattern).Select(match => double.Parse(match.Groups[1].Value, null)).Aggregate(1.0, (all, one) => all * Math.Max(1, one));
        if (repeats > MostRepeats)
        {
            return (null, 0, $"The repetitions of a pattern multiply to at most {MostRepeats}.");
        }

        try
        {
            return (new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant), 0, null);
        }
        catch (RegexParseException exception)
        {
            return (null, exception.Offset, "The pattern is no regular expression.");
        }
        catch (NotSupportedException)
        {
            return (null, 0, "The pattern looks back or ahead, or refers to its own groups; that cannot be searched in steady time.");
        }
    }

    [GeneratedRegex(@"\{(?:\d*,)?(\d+)\}")]
    private static partial Regex Repeat();
}
