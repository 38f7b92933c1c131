using Xunit;
using static Deskward.Protocol.Enrolment.EnrolmentSamples;

namespace Deskward.Protocol.Enrolment;

public sealed class GetPoliciesTests
{
    [Fact]
    public void What_a_client_writes_a_server_reads()
    {
        var credentials = new UsernameToken("alice@contoso.example", "a<b&c");

        Assert.Equal(credentials, GetPolicies.Read(new GetPolicies { Header = Header(credentials) }.Write()).Header.Credentials);
    }

    [Fact]
    public void A_web_token_arrives_as_it_was()
    {
        var sent = new GetPolicies { Header = Header(new BinarySecurityToken(null, [1, 2, 3])) };
        var token = Assert.IsType<BinarySecurityToken>(GetPolicies.Read(sent.Write()).Header.Credentials);

        Assert.Equal(EnrolmentNames.DeviceEnrollmentUserToken, token.ValueType);
        Assert.Equal([1, 2, 3], token.Value);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_a_server_answers_a_client_reads(bool withProviders)
    {
        var response = new GetPoliciesResponse { PolicyId = "Desks", CryptoProviders = withProviders ? ["Microsoft Software Key Storage Provider"] : [] };
        var read = GetPoliciesResponse.Read(response.Write(MessageId));

        Assert.Equal(response.CryptoProviders, read.CryptoProviders);
        Assert.Equal(response with { RelatesTo = MessageId, CryptoProviders = read.CryptoProviders }, read);
    }

    [Fact]
    public void The_response_is_written_exactly_so()
    {
        const string Nil = " xsi:nil=\"true\" />";
        var expected = "<GetPoliciesResponse xmlns=\"http://schemas.microsoft.com/windows/pki/2009/01/enrollmentpolicy\"><response><policyID>P</policyID><policyFriendlyName" + Nil + "<nextUpdateHours" + Nil + "<policiesNotChanged" + Nil
            + "<policies><policy><policyOIDReference>0</policyOIDReference><cAs" + Nil + "<attributes><commonName>P</commonName><policySchema>3</policySchema>"
            + "<certificateValidity><validityPeriodSeconds>31536000</validityPeriodSeconds><renewalPeriodSeconds>5184000</renewalPeriodSeconds></certificateValidity>"
            + "<permission><enroll>true</enroll><autoEnroll>false</autoEnroll></permission><privateKeyAttributes><minimalKeyLength>2048</minimalKeyLength><keySpec" + Nil + "<keyUsageProperty" + Nil + "<permissions" + Nil + "<algorithmOIDReference" + Nil + "<cryptoProviders" + Nil + "</privateKeyAttributes>"
            + "<revision><majorRevision>101</majorRevision><minorRevision>0</minorRevision></revision><supersededPolicies" + Nil + "<privateKeyFlags" + Nil + "<subjectNameFlags" + Nil + "<enrollmentFlags" + Nil + "<generalFlags" + Nil
            + "<hashAlgorithmOIDReference>0</hashAlgorithmOIDReference><rARequirements" + Nil + "<keyArchivalAttributes" + Nil + "<extensions" + Nil + "</attributes></policy></policies></response><cAs" + Nil
            + "<oIDs><oID><value>2.16.840.1.101.3.4.2.1</value><group>1</group><oIDReferenceID>0</oIDReferenceID><defaultName>szOID_NIST_sha256</defaultName></oID></oIDs></GetPoliciesResponse></s:Body></s:Envelope>";

        Assert.EndsWith(expected, Text(new GetPoliciesResponse { PolicyId = "P" }.Write(null)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<oIDReferenceID>0<", "<oIDReferenceID>1<", "No oID")]
    [InlineData(">2048<", ">-1<", "'-1' is no number")]
    [InlineData("privateKeyAttributes>", "other>", "no privateKeyAttributes")]
    public void A_policy_that_contradicts_itself_is_refused(string from, string to, string part)
    {
        var damaged = Text(new GetPoliciesResponse().Write(null)).Replace(from, to, StringComparison.Ordinal);

        Assert.Contains(part, Assert.Throws<ProtocolException>(() => GetPoliciesResponse.Read(Bytes(damaged))).Message, StringComparison.Ordinal);
    }
}
