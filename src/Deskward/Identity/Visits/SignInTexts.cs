using Deskward.Platform;
using Deskward.Platform.Portal;

namespace Deskward.Identity.Visits;

/// <summary>What the pages on which people prove who they are say about a refusal.</summary>
internal static class SignInTexts
{
    internal static string Explain(Texts texts, Refusal refusal) => refusal.RetryAfter is { } wait ? texts["sign-in.too-many", (int)Math.Ceiling(wait.TotalSeconds)] : texts.Said(refusal.Message);
}
