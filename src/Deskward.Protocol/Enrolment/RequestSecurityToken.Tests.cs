using Xunit;
using static Deskward.Protocol.Enrolment.EnrolmentSamples;

namespace Deskward.Protocol.Enrolment;

public sealed class RequestSecurityTokenTests
{
    [Fact]
    public void What_a_client_writes_a_server_reads()
    {
        var read = Assert.IsType<IssueRequest>(RequestSecurityToken.Read(Issue.Write()));

        Assert.Equal((DeviceId, EnrolmentType.Full), (read.DeviceId, read.EnrolmentType));
        Assert.Equal(Csr, read.Pkcs10);
        Assert.Equal(Issue.Context, read.Context);
        Assert.Equal(Issue.Header.Credentials, read.Header.Credentials);
    }

    [Fact]
    public void Repeated_and_unknown_facts_are_kept()
    {
        Assert.Equal(2, Issue.Facts("MAC").Count());
        Assert.Equal(("of", null), (Issue.Fact("Unheard"), Issue.Fact("IMEI")));
    }

    [Theory]
    [InlineData("full", EnrolmentType.Full)]
    [InlineData(" DEVICE ", EnrolmentType.Device)]
    public void The_type_is_read_without_regard_to_case(string text, EnrolmentType type) =>
        Assert.Equal(type, Assert.IsType<IssueRequest>(Edited(">Full<", $">{text}<")).EnrolmentType);

    [Theory]
    [InlineData(">Full<", ">Other<", "'Other'")]
    [InlineData(">Full<", "> <", "EnrollmentType exactly once")]
    [InlineData("\"UXInitiated\"", "\"DeviceID\"", "DeviceID exactly once")]
    [InlineData("\"DeviceID\"", "\"Device\"", "DeviceID exactly once")]
    [InlineData(">" + DeviceId, ">a\nb", "printable ASCII")]
    [InlineData(" Name=\"UXInitiated\"", "", "no Name")]
    [InlineData("200512/Issue", "200512/Cancel", "RequestType")]
    [InlineData("#PKCS10", "#PKCS7", "ends in #PKCS10")]
    [InlineData(">MII", ">%MII", "base64")]
    [InlineData(">MII", ">AII", "not DER")]
    public void A_request_that_cannot_be_served_is_refused_by_what_is_wrong(string from, string to, string part) =>
        Assert.Contains(part, Assert.Throws<ProtocolException>(() => Edited(from, to)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_certificate_request_may_be_wrapped_into_lines()
    {
        var base64 = Convert.ToBase64String(Csr);
        var wrapped = Convert.ToBase64String(Csr, Base64FormattingOptions.InsertLineBreaks);

        Assert.Equal(Csr, Assert.IsType<IssueRequest>(Edited(base64, $"\n {wrapped}\n\t")).Pkcs10);
    }

    [Theory]
    [InlineData(EnrolmentNames.Pkcs7)]
    [InlineData(EnrolmentNames.Security + "#PKCS7")]
    public void A_renewal_is_read_with_either_value_type_and_without_facts(string valueType)
    {
        var request = Text(Renewal.Write()).Replace(EnrolmentNames.Pkcs7, valueType, StringComparison.Ordinal);
        var read = Assert.IsType<RenewRequest>(RequestSecurityToken.Read(Bytes(request)));

        Assert.Equal([0x30, 0x80, 0], read.Pkcs7);
        Assert.Empty(read.Context);
    }

    [Fact]
    public void A_manual_renewal_is_encoded_twice()
    {
        var once = Convert.ToBase64String(Renewal.Pkcs7);
        var twice = Text(Renewal.Write()).Replace($">{once}<", $">{Convert.ToBase64String(Bytes(once + "\r\n"))}<", StringComparison.Ordinal);

        Assert.Equal(Renewal.Pkcs7, Assert.IsType<RenewRequest>(RequestSecurityToken.Read(Bytes(twice))).Pkcs7);
    }

    [Fact]
    public void A_client_cannot_write_a_request_without_a_device() =>
        Assert.Throws<ProtocolException>(() => (Issue with { Context = [] }).Write());

    [Fact]
    public void The_response_is_written_exactly_so()
    {
        var now = new DateTimeOffset(2026, 2, 3, 4, 5, 6, 789, TimeSpan.FromHours(1));
        var expected = "<a:Action s:mustUnderstand=\"1\">http://schemas.microsoft.com/windows/pki/2009/01/enrollment/RSTRC/wstep</a:Action><a:RelatesTo>m</a:RelatesTo>"
            + "<o:Security s:mustUnderstand=\"1\" xmlns:o=\"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd\"><u:Timestamp u:Id=\"_0\"><u:Created>2026-02-03T03:05:06.789Z</u:Created><u:Expires>2026-02-03T03:10:06.789Z</u:Expires></u:Timestamp></o:Security></s:Header>"
            + "<s:Body xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\"><RequestSecurityTokenResponseCollection xmlns=\"http://docs.oasis-open.org/ws-sx/ws-trust/200512\"><RequestSecurityTokenResponse>"
            + "<TokenType>http://schemas.microsoft.com/5.0.0.0/ConfigurationManager/Enrollment/DeviceEnrollmentToken</TokenType><DispositionMessage xmlns=\"http://schemas.microsoft.com/windows/pki/2009/01/enrollment\" />"
            + "<RequestedSecurityToken><BinarySecurityToken ValueType=\"http://schemas.microsoft.com/5.0.0.0/ConfigurationManager/Enrollment/DeviceEnrollmentProvisionDoc\" EncodingType=\"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd#base64binary\" xmlns=\"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd\">"
            + "AQID</BinarySecurityToken></RequestedSecurityToken><RequestID xmlns=\"http://schemas.microsoft.com/windows/pki/2009/01/enrollment\">0</RequestID></RequestSecurityTokenResponse></RequestSecurityTokenResponseCollection></s:Body></s:Envelope>";

        Assert.EndsWith(expected, Text(new RequestSecurityTokenResponse { ProvisioningDocument = [1, 2, 3] }.Write("m", now)), StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_server_answers_a_client_reads_in_either_soap_version()
    {
        var sent = Text(new RequestSecurityTokenResponse { ProvisioningDocument = Document.Write() }.Write(MessageId, DateTimeOffset.UnixEpoch));
        var read = RequestSecurityTokenResponse.Read(Bytes(sent.Replace(EnrolmentNames.Soap12, EnrolmentNames.Soap11, StringComparison.Ordinal)));

        Assert.Equal((MessageId, "0"), (read.RelatesTo, read.RequestId));
        Assert.Equal(Document.Write(), read.ProvisioningDocument);
    }

    private static RenewRequest Renewal => new() { Header = Header(), Context = [], Pkcs7 = [0x30, 0x80, 0] };

    private static RequestSecurityToken Edited(string from, string to)
    {
        var request = Text(Issue.Write());
        Assert.Contains(from, request, StringComparison.Ordinal);
        return RequestSecurityToken.Read(Bytes(request.Replace(from, to, StringComparison.Ordinal)));
    }
}
