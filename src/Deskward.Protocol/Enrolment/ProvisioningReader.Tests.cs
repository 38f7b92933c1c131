using Xunit;
using static Deskward.Protocol.Enrolment.EnrolmentSamples;

namespace Deskward.Protocol.Enrolment;

public sealed class ProvisioningReaderTests
{
    private const string Nonce = "<parm name=\"AAUTHDATA\" value=\"AAAAAAAAAAAAAAAAAAAAAA==\" />";
    private const string Container = "<characteristic type=\"PrivateKeyContainer\" />";
    private const string End = "</wap-provisioningdoc>";

    [Theory]
    [InlineData(Nonce, "", "has no AAUTHDATA")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAA==", "nonce", "not base64")]
    [InlineData("name=\"APPID\"", "name=\"AppId\"", "its case must be APPID")]
    [InlineData("\"ADDR\"", "\"Addr\"", "its case must be ADDR")]
    [InlineData("\"APPLICATION\"", "\"Application\"", "its case must be APPLICATION")]
    [InlineData("\"APPAUTH\"", "\"AppAuth\"", "its case must be APPAUTH")]
    [InlineData(End, "<characteristic type=\"RootCATrustedCertificates\"/>" + End, "RootCATrustedCertificates")]
    [InlineData("type=\"Deskward\"", "type=\"deskward\"", "not named like the PROVIDER-ID")]
    [InlineData("<characteristic type=\"Poll\">", "<characteristic type=\"Push\"/><characteristic type=\"Poll\">", "Push")]
    [InlineData(Container, "", "no PrivateKeyContainer")]
    [InlineData(Container, Container + Container, "more than one PrivateKeyContainer")]
    [InlineData("<parm name=\"APPID\"", "<parm name=\"INIT\"/><parm name=\"APPID\"", "INIT")]
    [InlineData("<parm name=\"APPID\"", "<parm name=\"APPID\" value=\"w7\"/><parm name=\"APPID\"", "APPID twice")]
    [InlineData("value=\"w7\"", "value=\"w4\"", "w7")]
    [InlineData("BACKCOMPATRETRYDISABLED\"", "BACKCOMPATRETRYDISABLED\" value=\"1\"", "must have none")]
    [InlineData("dm+xml", "dm+wbxml", "DEFAULTENCODING")]
    [InlineData("&amp;Stores", "&amp;amp;Stores", "escaped once")]
    [InlineData("My%5CUser", "My%5CSystem", "Stores=My")]
    [InlineData("https://manage.example:8444/M", "http://manage.example:8444/M", "no https URL")]
    [InlineData("\"CLIENT\"", "\"APPSRV\"", "two APPAUTH")]
    [InlineData("value=\"DIGEST\"", "value=\"BASIC\"", "not DIGEST")]
    [InlineData("<parm name=\"AAUTHNAME\" value=\"client\" />", "", "has no AAUTHNAME")]
    [InlineData("<parm name=\"ADDR\"", "<parm name=\"OTHER\"", "may not stand there")]
    [InlineData("value=\"60\" datatype=\"integer\"", "value=\"1001\" datatype=\"integer\"", "RenewPeriod as a number from 1 to 1000")]
    [InlineData("value=\"60\" datatype=\"integer\"", "value=\"60\" datatype=\"string\"", "datatype")]
    [InlineData("value=\"true\" datatype=\"boolean\"", "value=\"TRUE\" datatype=\"boolean\"", "expected true or false")]
    [InlineData("version=\"1.1\"", "version=\"1.0\"", "version 1.1")]
    [InlineData("type=\"My\"", "type=\"Mine\"", "may not stand there")]
    [InlineData("\"Root\"", "\"CA\"", "more than one certificate for CA")]
    [InlineData("<characteristic type=\"Poll\">", "<characteristic>", "neither a characteristic")]
    [InlineData("EncodedCertificate\" value=\"", "EncodedCertificate\" value=\"\n", "not base64 in one line")]
    [InlineData("EncodedCertificate\" value=\"", "EncodedCertificate\" value=\"AAAA", "SHA-1")]
    [InlineData("<characteristic type=\"APPLICATION\">", "<characteristic type=\"APPLICATION\">text", "holds text")]
    public void What_windows_refuses_is_refused_by_what_is_wrong(string from, string to, string part)
    {
        var written = Text(Document.Write());
        Assert.Contains(from, written, StringComparison.Ordinal);
        var damaged = Bytes(written.Replace(from, to, StringComparison.Ordinal));

        Assert.Contains(part, Assert.Throws<ProtocolException>(() => ProvisioningDocument.Read(damaged)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_thumbprint_in_lower_case_is_refused()
    {
        var thumbprint = ProvisioningWriter.Thumbprint(DeviceCertificate);
        var damaged = Text(Document.Write()).Replace(thumbprint, thumbprint.ToLowerInvariant(), StringComparison.Ordinal);

        Assert.Throws<ProtocolException>(() => ProvisioningDocument.Read(Bytes(damaged)));
    }

    [Fact]
    public void Bytes_that_are_no_certificate_are_refused()
    {
        var document = Document with { Certificate = [1, 2, 3] };

        Assert.Contains("no X.509", Assert.Throws<ProtocolException>(() => ProvisioningDocument.Read(document.Write())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_certificate_stores_count_as_one()
    {
        var split = Text(Document.Write()).Replace(
            "<characteristic type=\"My\">", "</characteristic><characteristic type=\"CertificateStore\"><characteristic type=\"My\">", StringComparison.Ordinal);

        Assert.Equal(Document.Write(), ProvisioningDocument.Read(Bytes(split)).Write());
    }

    [Fact]
    public void Unknown_settings_of_the_client_are_passed_over()
    {
        var more = Text(Document.Write()).Replace("<parm name=\"UPN\"", "<parm name=\"SyncApplicationVersion\" value=\"5.0\"/><parm name=\"UPN\"", StringComparison.Ordinal);

        Assert.Equal(Document.Write(), ProvisioningDocument.Read(Bytes(more)).Write());
    }

    [Fact]
    public void An_enrolment_is_no_renewal_and_a_renewal_no_enrolment()
    {
        var renewal = new RenewalDocument { ProviderId = "Deskward", Certificate = DeviceCertificate, Store = CertificateStore.User };

        Assert.Contains("DMClient", Assert.Throws<ProtocolException>(() => RenewalDocument.Read(Document.Write())).Message, StringComparison.Ordinal);
        Assert.Contains("PrivateKeyContainer", Assert.Throws<ProtocolException>(() => ProvisioningDocument.Read(renewal.Write())).Message, StringComparison.Ordinal);
    }
}
