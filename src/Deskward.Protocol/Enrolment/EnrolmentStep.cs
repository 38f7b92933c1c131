namespace Deskward.Protocol.Enrolment;

/// <summary>The three SOAP exchanges of an enrolment; a renewal is a <see cref="RequestSecurityToken"/> of its own.</summary>
public enum EnrolmentStep { Discover, GetPolicies, RequestSecurityToken }

/// <summary>The SOAP actions of each step (MS-MDE2 3.1, 3.3, 3.4).</summary>
internal static class EnrolmentSteps
{
    public static string RequestAction(this EnrolmentStep step) => step switch
    {
        EnrolmentStep.Discover => EnrolmentNames.Discovery + "/IDiscoveryService/Discover",
        EnrolmentStep.GetPolicies => EnrolmentNames.Policy + "/IPolicy/GetPolicies",
        EnrolmentStep.RequestSecurityToken => EnrolmentNames.Enrollment + "/RST/wstep",
        _ => throw new ArgumentOutOfRangeException(nameof(step)),
    };

    public static string ResponseAction(this EnrolmentStep step) => step switch
    {
        EnrolmentStep.Discover => EnrolmentNames.Discovery + "/IDiscoveryService/DiscoverResponse",
        EnrolmentStep.GetPolicies => EnrolmentNames.Policy + "/IPolicy/GetPoliciesResponse",
        EnrolmentStep.RequestSecurityToken => EnrolmentNames.Enrollment + "/RSTRC/wstep",
        _ => throw new ArgumentOutOfRangeException(nameof(step)),
    };
}
