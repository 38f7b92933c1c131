using Deskward.Platform;

namespace Deskward.Policies.Compliance;

/// <summary>How a PC stands against the rules; of several, what is first here counts.</summary>
public enum ComplianceState
{
    /// <summary>Breaks a rule whose grace is over.</summary>
    NotCompliant,

    /// <summary>Breaks a rule, and has time left to mend it.</summary>
    InGrace,

    /// <summary>Nothing is known to be broken, but something is not known.</summary>
    Unknown,

    Compliant,
}

/// <summary>How a PC stands against one rule.</summary>
public enum RuleResult
{
    Kept,

    Broken,

    /// <summary>Never reported, or longer ago than evidence holds.</summary>
    Unknown,

    /// <summary>The rule says nothing of this PC: the setting is not wanted there, or the machine is a virtual one.</summary>
    NotApplicable,
}

/// <summary>How one PC stands. Written when it changes, and only then.</summary>
public sealed class PcCompliance : ITenantOwned
{
    public Guid DeviceId { get; init; }

    public Guid TenantId { get; init; }

    public ComplianceState State { get; set; }

    public DateTimeOffset Since { get; set; }

    /// <summary>When its person was last told; null: never.</summary>
    public DateTimeOffset? ToldAt { get; set; }

    /// <summary>It became not compliant, and the contacts for devices have not been told yet.</summary>
    public bool IsToBeTold { get; set; }
}

/// <summary>A rule that a PC breaks, or of which nothing is known.</summary>
public sealed class ComplianceFault : ITenantOwned
{
    public Guid DeviceId { get; init; }

    /// <summary>Key of the rule.</summary>
    public string Rule { get; init; } = "";

    public Guid TenantId { get; init; }

    /// <summary>Broken or Unknown.</summary>
    public RuleResult Result { get; set; }

    /// <summary>Since when it is broken, also while it has become unknown meanwhile: silence does not begin the grace anew. Null: never known to be broken.</summary>
    public DateTimeOffset? BrokenSince { get; set; }
}
