using Xunit;
using static Deskward.Protocol.Enrolment.EnrolmentSamples;

namespace Deskward.Protocol.Enrolment;

public sealed class DiscoverTests
{
    private const string Version = "<RequestVersion>4.0</RequestVersion>";

    private const string Question = $"<Discover xmlns=\"{EnrolmentNames.Discovery}\"><request>{Version}</request></Discover>";

    [Fact]
    public void What_a_client_writes_a_server_reads()
    {
        var read = Discover.Read(FirstQuestion.Write());

        Assert.Equal(FirstQuestion.Header with { Action = EnrolmentStep.Discover.RequestAction() }, read.Header);
        Assert.Equal(FirstQuestion.AuthPolicies, read.AuthPolicies);
        Assert.Equal(FirstQuestion with { Header = read.Header, AuthPolicies = read.AuthPolicies }, read);
    }

    [Theory]
    [InlineData("1.0", 1.0)]
    [InlineData("9", 9.0)]
    [InlineData("12.5", 12.5)]
    [InlineData(" +4.0 ", 4.0)]
    public void Any_request_version_from_1_0_up_is_taken(string text, double version) =>
        Assert.Equal((decimal)version, Read($"<RequestVersion>{text}</RequestVersion>").RequestVersion);

    [Theory]
    [InlineData("")]
    [InlineData("0.9")]
    [InlineData("-1")]
    [InlineData("1e3")]
    [InlineData("1,000")]
    [InlineData("9999999999999999999999999999999")]
    public void Another_request_version_is_refused_by_name(string text) =>
        Assert.Contains("RequestVersion", Refusal($"<RequestVersion>{text}</RequestVersion>"), StringComparison.Ordinal);

    [Fact]
    public void Children_come_in_any_order_with_unknown_ones_among_them()
    {
        var read = Read($"<Later/><AuthPolicies><AuthPolicy>New</AuthPolicy><AuthPolicy>Federated</AuthPolicy></AuthPolicies>{Version}<EmailAddress/>");

        Assert.Equal([AuthPolicy.Federated], read.AuthPolicies);
        Assert.Null(read.EmailAddress);
    }

    [Fact]
    public void A_policy_may_stand_as_text() =>
        Assert.Equal([AuthPolicy.Certificate], Read($"{Version}<AuthPolicies>Certificate</AuthPolicies>").AuthPolicies);

    [Fact]
    public void Old_clients_name_no_policy() => Assert.Empty(Read(Version).AuthPolicies);

    [Fact]
    public void The_namespace_may_end_in_a_slash() =>
        Assert.Equal("alice", Read($"{Version}<EmailAddress> alice </EmailAddress>", EnrolmentNames.Discovery + "/").EmailAddress);

    [Fact]
    public void Two_addresses_are_refused() =>
        Assert.Contains("2 children EmailAddress", Refusal($"{Version}<EmailAddress>a</EmailAddress><EmailAddress>b</EmailAddress>"), StringComparison.Ordinal);

    [Fact]
    public void Another_message_is_refused_by_its_name() =>
        Assert.Contains("'GetPolicies'", Refuse(new GetPolicies { Header = Header() }.Write()), StringComparison.Ordinal);

    [Theory]
    [InlineData("", "missing or empty")]
    [InlineData("<Other/>", "'Other'")]
    [InlineData(Question + Question, "more than once")]
    public void A_body_without_one_question_is_refused(string body, string part) =>
        Assert.Contains(part, Refuse(Bytes($"<s:Envelope xmlns:s=\"{EnrolmentNames.Soap12}\"><s:Body>{body}</s:Body></s:Envelope>")), StringComparison.Ordinal);

    [Fact]
    public void A_sibling_of_the_question_is_passed_over() => Assert.Equal(4.0m, Discover.Read(Bytes(
        $"<s:Envelope xmlns:s=\"{EnrolmentNames.Soap12}\"><s:Body><Other/>{Question}</s:Body></s:Envelope>")).RequestVersion);

    [Fact]
    public void A_response_is_written_exactly_so()
    {
        var expected = "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\" xmlns:a=\"http://www.w3.org/2005/08/addressing\" xmlns:u=\"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd\"><s:Header>"
            + "<a:Action s:mustUnderstand=\"1\">http://schemas.microsoft.com/windows/management/2012/01/enrollment/IDiscoveryService/DiscoverResponse</a:Action>"
            + "<ActivityId CorrelationId=\"00000000-0000-0000-0000-000000000000\" xmlns=\"http://schemas.microsoft.com/2004/09/ServiceModel/Diagnostics\">00000000-0000-0000-0000-000000000000</ActivityId>"
            + $"<a:RelatesTo>{MessageId}</a:RelatesTo></s:Header>"
            + "<s:Body xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\">"
            + "<DiscoverResponse xmlns=\"http://schemas.microsoft.com/windows/management/2012/01/enrollment\"><DiscoverResult><AuthPolicy>OnPremise</AuthPolicy><EnrollmentVersion>4.0</EnrollmentVersion>"
            + "<EnrollmentPolicyServiceUrl>https://desk.example/p?a=1&amp;b=2</EnrollmentPolicyServiceUrl><EnrollmentServiceUrl>https://desk.example/e</EnrollmentServiceUrl></DiscoverResult></DiscoverResponse></s:Body></s:Envelope>";

        Assert.Equal(expected, Text(Response.Write(MessageId, Guid.Empty)));
    }

    [Fact]
    public void What_a_server_answers_a_client_reads() =>
        Assert.Equal(Response with { RelatesTo = MessageId }, DiscoverResponse.Read(Response.Write(MessageId)));

    [Fact]
    public void An_answer_to_nothing_relates_to_nothing() =>
        Assert.DoesNotContain("RelatesTo", Text(Response.Write(null)), StringComparison.Ordinal);

    private static DiscoverResponse Response => new()
    {
        AuthPolicy = AuthPolicy.OnPremise,
        EnrollmentPolicyServiceUrl = "https://desk.example/p?a=1&b=2",
        EnrollmentServiceUrl = "https://desk.example/e",
    };

    private static Discover Read(string children, string @namespace = EnrolmentNames.Discovery) => Discover.Read(Bytes(
        $"<s:Envelope xmlns:s=\"{EnrolmentNames.Soap12}\"><s:Body><Discover xmlns=\"{@namespace}\"><request>{children}</request></Discover></s:Body></s:Envelope>"));

    private static string Refusal(string children) => Assert.Throws<ProtocolException>(() => Read(children)).Message;

    private static string Refuse(byte[] message) => Assert.Throws<ProtocolException>(() => Discover.Read(message)).Message;
}
