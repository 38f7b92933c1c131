using Deskward.Protocol.Enrolment;

namespace Deskward.Simulator;

/// <summary>Who is signed in, as alert 1224 tells it: the enrolled person, somebody else, nobody.</summary>
public enum LoginStatus { User, Others, None }

/// <summary>What a virtual PC is to be. Everything that is null is derived from its seed.</summary>
public sealed record PcProfile
{
    /// <summary>Computer name, at most 15 characters.</summary>
    public string? Name { get; init; }

    /// <summary>Whole version, e.g. <c>10.0.26100.4061</c>.</summary>
    public string? OsVersion { get; init; }

    /// <summary>SKU number: 4 is Enterprise, 48 is Pro.</summary>
    public int? Edition { get; init; }

    public string? Manufacturer { get; init; }

    public string? Model { get; init; }

    public string? SerialNumber { get; init; }

    public string Locale { get; init; } = "en-US";

    public EnrolmentType Enrolment { get; init; } = EnrolmentType.Full;

    /// <summary>MaxMsgSize that the PC announces and enforces, in bytes. Null, as on Windows: nothing is announced and 512 KB are the limit.</summary>
    public int? MaxMessageSize { get; init; }

    /// <summary>
    /// What becomes of an answer that does not fit the server's MaxMsgSize. False, as Windows 11 25H2 does: the session is aborted with alert 1223.
    /// True, as the specification has it: the answer comes in pieces, over several messages.
    /// </summary>
    public bool SplitsLargeAnswers { get; init; }

    /// <summary>RequestVersion of the discovery request.</summary>
    public string RequestVersion { get; init; } = "9.0";
}
