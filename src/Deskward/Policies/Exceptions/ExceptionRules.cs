using Deskward.Platform;

namespace Deskward.Policies.Exceptions;

/// <summary>What a request, a revocation and an appeal must hold.</summary>
internal static class ExceptionRules
{
    private const int LongestYears = 3;
    private const int Shortest = ExceptionAssessment.ShortestText;
    private const int Longest = ExceptionRequestMapping.LongestText;

    /// <summary>The four fields are all there; settings where it is about policies.</summary>
    internal static Refusal? Refuse(ExceptionWish wish, DateOnly today) =>
        wish.Type is not { } type || !Enum.IsDefined(type) ? Refusal.Invalid("Say what type of exception it is.")
        : wish.Requirement.Length is < Shortest or > Longest ? Refusal.Invalid($"Say in {Shortest} to {Longest} characters why the business needs it.")
        : wish.Proposal.Length is < Shortest or > Longest ? Refusal.Invalid($"Say in {Shortest} to {Longest} characters what you propose.")
        : wish.Until is not { } until || until <= today || until > today.AddYears(LongestYears) ? Refusal.Invalid($"Say until which day: after today, and within {LongestYears} years.")
        : wish.Settings.Length > ExceptionRequestMapping.LongestSettings ? Refusal.Invalid($"The settings may have {ExceptionRequestMapping.LongestSettings} characters.")
        : type == ExceptionType.Policies && wish.Settings.Length == 0 ? Refusal.Invalid("An exception to policies names the settings that it changes.")
        : null;

    internal static Refusal? Refuse(Revocation revocation, int agreedDays) =>
        RefuseText(revocation.Reason) ?? RefuseText(revocation.Advice)
        ?? (revocation.ShorterDays is { } days && (days < 1 || days >= agreedDays) ? Refusal.Invalid($"After a severe incident it is 1 to {agreedDays - 1} days.") : null);

    internal static Refusal? RefuseText(string text) => text.Length is < Shortest or > Longest ? Refusal.Invalid($"Say why, in {Shortest} to {Longest} characters.") : null;
}
