namespace Deskward.Notices;

/// <summary>What became of one attempt to hand a mail to the server.</summary>
internal enum AttemptResult
{
    /// <summary>The server took it.</summary>
    Taken,

    /// <summary>The server refused it for good (5xx), or it cannot be made.</summary>
    Refused,

    /// <summary>The server refused it for now (4xx), or broke off before it had the whole mail.</summary>
    RefusedForNow,

    /// <summary>The connection ended after the mail had been sent and before the answer: it may have been taken.</summary>
    Unclear,

    /// <summary>There was no server to hand it to: not this mail's fault, so it does not count.</summary>
    NoServer,
}

/// <param name="Result">What became of it.</param>
/// <param name="Answer">What the server said, or why there was no answer.</param>
internal sealed record Attempt(AttemptResult Result, string Answer);
