namespace Deskward.Tenants;

/// <summary>What a check of readiness found.</summary>
public enum Readiness
{
    Ready,

    /// <summary>The customer may begin; it should be mended before the first PC.</summary>
    Advisory,

    /// <summary>Enrolment will fail, or nobody can do the work.</summary>
    NotReady,

    /// <summary>It could not be found out.</summary>
    Error,
}

/// <summary>What was found, without personal data: the provider sees it too.</summary>
/// <param name="Result">How it stands.</param>
/// <param name="Text">Key of the sentence that says what was found.</param>
/// <param name="Value">What the sentence names; null: nothing.</param>
public sealed record ReadinessFinding(Readiness Result, string Text, string? Value = null)
{
    internal const int LongestValue = 300;
}

/// <summary>
/// One check of whether a customer is ready for its first PC. A module registers its checks as singletons; text keys are <c>readiness.KEY</c>, and those of
/// the findings.
/// </summary>
/// <param name="Key">Such as <c>domain</c>.</param>
/// <param name="Order">Its place in the path that a new customer is led along.</param>
/// <param name="Look">Finds out; runs in a scope of its own, in which the customer is open.</param>
public sealed record ReadinessCheck(string Key, int Order, Func<IServiceProvider, Guid, CancellationToken, Task<ReadinessFinding>> Look)
{
    /// <summary>The page on which it can be mended, for the customer's id; null: the portal has none.</summary>
    public Func<Guid, string>? Page { get; init; }

    /// <summary>The duty that whoever is shown the finding must see, beside that of on-boarding; null: none.</summary>
    public string? Duty { get; init; }
}
