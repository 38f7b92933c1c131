using Xunit;
using static Deskward.Protocol.Enrolment.EnrolmentSamples;

namespace Deskward.Protocol.Enrolment;

public sealed class SoapFaultTests
{
    public static TheoryData<SoapFaultKind, string, uint> Kinds => new()
    {
        { SoapFaultKind.MessageFormat, "s:MessageFormat", 0x80180001 },
        { SoapFaultKind.Authentication, "s:Authentication", 0x80180002 },
        { SoapFaultKind.Authorization, "s:Authorization", 0x80180003 },
        { SoapFaultKind.CertificateRequest, "s:CertificateRequest", 0x80180004 },
        { SoapFaultKind.EnrollmentServer, "s:EnrollmentServer", 0x80180005 },
        { SoapFaultKind.InternalServiceFault, "a:InternalServiceFault", 0x80180006 },
        { SoapFaultKind.InvalidSecurity, "a:InvalidSecurity", 0x80180007 },
    };

    public static TheoryData<SoapFaultKind, uint> Details => new()
    {
        { SoapFaultKind.DeviceCapReached, 0x80180013 },
        { SoapFaultKind.DeviceNotSupported, 0x80180014 },
        { SoapFaultKind.NotSupported, 0x80180015 },
        { SoapFaultKind.NotEligibleToRenew, 0x80180016 },
        { SoapFaultKind.InMaintenance, 0x80180017 },
        { SoapFaultKind.UserLicense, 0x80180018 },
        { SoapFaultKind.InvalidEnrollmentData, 0x80180019 },
        { SoapFaultKind.CustomServerError, 0x80180032 },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_plain_fault_is_written_exactly_so(SoapFaultKind kind, string code, uint result)
    {
        var expected = "<s:Fault><s:Code><s:Value>s:Receiver</s:Value><s:Subcode><s:Value>" + code + "</s:Value></s:Subcode></s:Code>"
            + "<s:Reason><s:Text xml:lang=\"en-US\">Not &lt;so&gt;.</s:Text></s:Reason></s:Fault></s:Body></s:Envelope>";

        Assert.EndsWith(expected, Text(new SoapFault(kind, "Not <so>.", "trace").Write(EnrolmentStep.Discover, null)), StringComparison.Ordinal);
        Assert.Equal(result, kind.HResult());
    }

    [Theory]
    [MemberData(nameof(Details))]
    public void A_device_fault_adds_its_detail(SoapFaultKind kind, uint result)
    {
        var expected = "<s:Value>s:Authorization</s:Value></s:Subcode></s:Code><s:Reason><s:Text xml:lang=\"en-US\">No.</s:Text></s:Reason>"
            + "<s:Detail><DeviceEnrollmentServiceError xmlns=\"http://schemas.microsoft.com/windows/pki/2009/01/enrollment\">"
            + $"<ErrorType>{kind}</ErrorType><Message>No.</Message><TraceId>t-1</TraceId></DeviceEnrollmentServiceError></s:Detail></s:Fault></s:Body></s:Envelope>";

        Assert.EndsWith(expected, Text(new SoapFault(kind, "No.", "t-1").Write(EnrolmentStep.Discover, null)), StringComparison.Ordinal);
        Assert.Equal(result, kind.HResult());
    }

    [Theory]
    [InlineData(EnrolmentStep.Discover, "enrollment/IDiscoveryService/DiscoverResponse<")]
    [InlineData(EnrolmentStep.GetPolicies, "enrollmentpolicy/IPolicy/GetPoliciesResponse<")]
    [InlineData(EnrolmentStep.RequestSecurityToken, "enrollment/RSTRC/wstep<")]
    public void The_action_is_that_of_the_refused_step(EnrolmentStep step, string action)
    {
        var written = Text(new SoapFault(SoapFaultKind.Authentication, "No.").Write(step, MessageId));

        Assert.Contains(action, written, StringComparison.Ordinal);
        Assert.Contains($"<a:RelatesTo>{MessageId}</a:RelatesTo>", written, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_kind_is_read_back()
    {
        foreach (var kind in Enum.GetValues<SoapFaultKind>())
        {
            var fault = new SoapFault(kind, "No.", kind.HasDetail() ? "t" : null);

            Assert.Equal(fault with { RelatesTo = "m" }, SoapFault.Read(fault.Write(EnrolmentStep.GetPolicies, "m")));
        }
    }

    [Fact]
    public void Every_kind_is_tested_above() => Assert.Equal(Enum.GetValues<SoapFaultKind>().Length, Kinds.Count + Details.Count);

    [Fact]
    public void Text_that_xml_cannot_hold_does_not_stop_a_fault() =>
        Assert.Equal("a\uFFFDb\uFFFD", SoapFault.Read(new SoapFault(SoapFaultKind.Authorization, "a\u0001b\uD800").Write(EnrolmentStep.Discover, null)).Message);

    [Theory]
    [InlineData("s:Authorization", "s:Elsewhere", "'s:Elsewhere'")]
    [InlineData("s:Authorization", "s:+1", "not known")]
    [InlineData("s:Authorization", "", "not known")]
    [InlineData("Fault>", "Fall>", "'Fall'")]
    public void Something_else_than_a_known_fault_is_refused(string from, string to, string part)
    {
        var damaged = Text(new SoapFault(SoapFaultKind.Authorization, "No.").Write(EnrolmentStep.Discover, null)).Replace(from, to, StringComparison.Ordinal);

        Assert.Contains(part, Assert.Throws<ProtocolException>(() => SoapFault.Read(Bytes(damaged))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_client_that_expects_an_answer_is_told_of_the_fault() =>
        Assert.Contains("SOAP fault", Assert.Throws<ProtocolException>(() => DiscoverResponse.Read(
            new SoapFault(SoapFaultKind.InMaintenance, "No.").Write(EnrolmentStep.Discover, null))).Message, StringComparison.Ordinal);
}
