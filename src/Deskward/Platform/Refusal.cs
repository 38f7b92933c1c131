namespace Deskward.Platform;

/// <summary>Why a rule said no. The list is closed: one file maps it to API errors, one to SOAP faults, one to SyncML status.</summary>
public enum RefusalReason
{
    /// <summary>The input breaks a rule of form; the message says which.</summary>
    Invalid,

    /// <summary>Nobody is signed in, or the credential is wrong, used up or expired.</summary>
    NotAuthenticated,

    /// <summary>Somebody is signed in, but the duty is not theirs.</summary>
    NotAllowed,

    /// <summary>There is no such thing, or it belongs to another tenant.</summary>
    NotFound,

    /// <summary>The thing changed meanwhile, or its state does not admit the action.</summary>
    Conflict,

    /// <summary>Too many attempts; try again later.</summary>
    TooMany,

    /// <summary>The service or the customer is not taking this kind of request now.</summary>
    Unavailable,
}

/// <summary>A rule's no. The message is safe to show to whoever asked; it holds no secret and nothing of another tenant.</summary>
/// <param name="Reason">Which kind of no.</param>
/// <param name="Message">One or two sentences, in English, that say what is wrong and what would be right.</param>
public sealed record Refusal(RefusalReason Reason, string Message)
{
    /// <summary>After what time a new attempt makes sense; null when waiting does not help.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Each single thing that is wrong, when there are several; empty when the message says all.</summary>
    public IReadOnlyList<string> Details { get; init; } = [];

    internal static Refusal Invalid(string message) => new(RefusalReason.Invalid, message);

    internal static Refusal NotFound(string what) => new(RefusalReason.NotFound, $"There is no such {what}.");

    internal static Refusal Conflict(string message) => new(RefusalReason.Conflict, message);

    internal static Refusal NotAllowed(string message) => new(RefusalReason.NotAllowed, message);
}

/// <summary>Either what was asked for, or why not.</summary>
public readonly record struct Outcome<T>
{
    private Outcome(T? value, Refusal? refusal) => (Value, Refusal) = (value, refusal);

    /// <summary>What was asked for; default when refused.</summary>
    public T? Value { get; }

    /// <summary>Why not; null when there is a value.</summary>
    public Refusal? Refusal { get; }

    [System.Diagnostics.CodeAnalysis.MemberNotNullWhen(true, nameof(Refusal))]
    [System.Diagnostics.CodeAnalysis.MemberNotNullWhen(false, nameof(Value))]
    public bool IsRefused => Refusal is not null;

    public static implicit operator Outcome<T>(T value) => new(value, null);

    public static implicit operator Outcome<T>(Refusal refusal) => new(default, refusal);
}
