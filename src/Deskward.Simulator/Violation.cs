namespace Deskward.Simulator;

/// <summary>Something the service did that the protocol forbids. Tests assert that there is none.</summary>
/// <param name="Rule">What was broken, as a short fixed text.</param>
/// <param name="Detail">Where and how.</param>
public sealed record Violation(string Rule, string Detail)
{
    public override string ToString() => $"{Rule}: {Detail}";
}
