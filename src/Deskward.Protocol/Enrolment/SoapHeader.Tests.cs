using Xunit;

namespace Deskward.Protocol.Enrolment;

public sealed class SoapHeaderTests
{
    private const string Token = "<o:UsernameToken u:Id=\"x\"><o:Username> alice </o:Username><o:Password o:Type=\"y\">code\n  </o:Password></o:UsernameToken>";

    [Theory]
    [InlineData(EnrolmentNames.Soap12)]
    [InlineData(EnrolmentNames.Soap11)]
    public void Both_soap_versions_are_read_and_values_trimmed_but_otherwise_verbatim(string soap)
    {
        var header = Read(Envelope("<a:Action>\n x </a:Action><a:MessageID> urn:uuid: A b </a:MessageID><a:To>\n y</a:To><z:z xmlns:z=\"urn:z\"/>", soap));

        Assert.Equal(("x", "urn:uuid: A b", "y"), (header.Action, header.MessageId, header.To));
        Assert.Null(header.Credentials);
    }

    [Fact]
    public void A_user_name_and_password_are_read_trimmed() =>
        Assert.Equal(new UsernameToken("alice", "code"), Read(Secured(Token)).Credentials);

    [Fact]
    public void A_password_is_not_printed_with_its_record() =>
        Assert.DoesNotContain("code", new UsernameToken("alice", "code").ToString(), StringComparison.Ordinal);

    [Theory]
    [InlineData("ValueType")]
    [InlineData("o:ValueType")]
    public void A_token_is_read_whether_its_attributes_are_prefixed_or_not(string attribute)
    {
        var token = Assert.IsType<BinarySecurityToken>(
            Read(Secured($"<o:BinarySecurityToken {attribute}=\"urn:kind\">\n AQ\n ID\n</o:BinarySecurityToken>")).Credentials);

        Assert.Equal("urn:kind", token.ValueType);
        Assert.Equal([1, 2, 3], token.Value);
    }

    [Theory]
    [InlineData("<o:BinarySecurityToken>%%%</o:BinarySecurityToken>", "base64")]
    [InlineData("<o:BinarySecurityToken/>", "base64")]
    [InlineData("<o:UsernameToken><o:Password>x</o:Password></o:UsernameToken>", "no Username")]
    [InlineData(Token + Token, "more than one")]
    [InlineData(Token + "<o:BinarySecurityToken>AQID</o:BinarySecurityToken>", "more than one")]
    public void Credentials_that_cannot_be_understood_say_why(string inner, string part) =>
        Assert.Contains(part, Assert.IsType<UnreadableCredentials>(Read(Secured(inner)).Credentials).Reason, StringComparison.Ordinal);

    [Fact]
    public void A_time_stamp_alone_is_no_credential() => Assert.Null(Read(Secured("<u:Timestamp/>")).Credentials);

    [Fact]
    public void The_header_of_a_message_with_a_useless_body_is_still_readable() =>
        Assert.Equal("m", SoapHeader.TryRead(EnrolmentSamples.Bytes(Envelope("<a:MessageID>m</a:MessageID>")))?.MessageId);

    [Fact]
    public void The_header_of_a_message_without_a_body_is_readable_too() => Assert.NotNull(SoapHeader.TryRead(EnrolmentSamples.Bytes(
        $"<s:Envelope xmlns:s=\"{EnrolmentNames.Soap12}\"/>")));

    [Theory]
    [InlineData("<Envelope/>")]
    [InlineData("no xml")]
    public void What_is_no_envelope_has_no_header(string text) => Assert.Null(SoapHeader.TryRead(EnrolmentSamples.Bytes(text)));

    private static SoapHeader Read(string envelope) => SoapEnvelope.Read(EnrolmentSamples.Bytes(envelope)).Header;

    private static string Secured(string inner) =>
        Envelope($"<o:Security xmlns:o=\"{EnrolmentNames.Security}\" xmlns:u=\"{EnrolmentNames.SecurityUtility}\">{inner}</o:Security>");

    private static string Envelope(string header, string soap = EnrolmentNames.Soap12) =>
        $"<s:Envelope xmlns:s=\"{soap}\" xmlns:a=\"{EnrolmentNames.Addressing}\"><s:Header>{header}</s:Header><s:Body><x/></s:Body></s:Envelope>";
}
