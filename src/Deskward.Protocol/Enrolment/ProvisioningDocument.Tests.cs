using System.Security.Cryptography.X509Certificates;
using Xunit;
using static Deskward.Protocol.Enrolment.EnrolmentSamples;

namespace Deskward.Protocol.Enrolment;

public sealed class ProvisioningDocumentTests
{
    private static readonly string Root = Stored(RootCertificate);
    private static readonly string Intermediate = Stored(IssuingCertificate);
    private static readonly string Issued = Stored(DeviceCertificate);

    [Fact]
    public void Certificates_are_written_exactly_so() =>
        Assert.StartsWith(
            "<wap-provisioningdoc version=\"1.1\"><characteristic type=\"CertificateStore\">"
            + $"<characteristic type=\"Root\"><characteristic type=\"System\">{Root} /></characteristic></characteristic></characteristic>"
            + $"<characteristic type=\"CA\"><characteristic type=\"System\">{Intermediate} /></characteristic></characteristic></characteristic>"
            + $"<characteristic type=\"My\"><characteristic type=\"User\">{Issued} /></characteristic><characteristic type=\"PrivateKeyContainer\" /></characteristic>"
            + "<characteristic type=\"WSTEP\"><characteristic type=\"Renew\"><parm name=\"ROBOSupport\" value=\"true\" datatype=\"boolean\" />"
            + "<parm name=\"RenewPeriod\" value=\"60\" datatype=\"integer\" /><parm name=\"RetryInterval\" value=\"4\" datatype=\"integer\" />"
            + "<parm name=\"ServerURL\" value=\"https://manage.example:8444/renew\" /></characteristic></characteristic></characteristic></characteristic><characteristic type=\"APPLICATION\">",
            Text(Document.Write()), StringComparison.Ordinal);

    [Fact]
    public void The_account_is_written_exactly_so() =>
        Assert.Contains(
            "<characteristic type=\"APPLICATION\"><parm name=\"APPID\" value=\"w7\" /><parm name=\"PROVIDER-ID\" value=\"Deskward\" /><parm name=\"NAME\" value=\"Desk &amp; Ward\" />"
            + "<parm name=\"ADDR\" value=\"https://manage.example:8444/ManagementServer/MDM.svc\" /><parm name=\"CONNRETRYFREQ\" value=\"6\" /><parm name=\"INITIALBACKOFFTIME\" value=\"30000\" /><parm name=\"MAXBACKOFFTIME\" value=\"120000\" />"
            + "<parm name=\"BACKCOMPATRETRYDISABLED\" /><parm name=\"DEFAULTENCODING\" value=\"application/vnd.syncml.dm+xml\" />"
            + $"<parm name=\"SSLCLIENTCERTSEARCHCRITERIA\" value=\"Subject=CN%3D{DeviceId}&amp;Stores=My%5CUser\" />"
            + "<characteristic type=\"APPAUTH\"><parm name=\"AAUTHLEVEL\" value=\"CLIENT\" /><parm name=\"AAUTHTYPE\" value=\"DIGEST\" /><parm name=\"AAUTHSECRET\" value=\"server-secret\" /><parm name=\"AAUTHDATA\" value=\"AAAAAAAAAAAAAAAAAAAAAA==\" /></characteristic>"
            + "<characteristic type=\"APPAUTH\"><parm name=\"AAUTHLEVEL\" value=\"APPSRV\" /><parm name=\"AAUTHTYPE\" value=\"DIGEST\" /><parm name=\"AAUTHNAME\" value=\"client\" /><parm name=\"AAUTHSECRET\" value=\"client-secret\" /><parm name=\"AAUTHDATA\" value=\"AQEBAQEBAQEBAQEBAQEBAQ==\" /></characteristic></characteristic>",
            Text(Document.Write()), StringComparison.Ordinal);

    [Fact]
    public void The_client_settings_are_written_exactly_so() =>
        Assert.EndsWith(
            "<characteristic type=\"DMClient\"><characteristic type=\"Provider\"><characteristic type=\"Deskward\"><parm name=\"UPN\" value=\"alice@contoso.example\" datatype=\"string\" />"
            + "<parm name=\"EntDeviceName\" value=\"Desk &quot;7&quot;\" datatype=\"string\" /><parm name=\"EntDMID\" value=\"pc-7\" datatype=\"string\" /><parm name=\"EnableOmaDmKeepAliveMessage\" value=\"true\" datatype=\"boolean\" />"
            + "<characteristic type=\"Poll\"><parm name=\"NumberOfFirstRetries\" value=\"10\" datatype=\"integer\" /><parm name=\"IntervalForFirstSetOfRetries\" value=\"15\" datatype=\"integer\" />"
            + "<parm name=\"NumberOfSecondRetries\" value=\"8\" datatype=\"integer\" /><parm name=\"IntervalForSecondSetOfRetries\" value=\"60\" datatype=\"integer\" />"
            + "<parm name=\"NumberOfRemainingScheduledRetries\" value=\"0\" datatype=\"integer\" /><parm name=\"IntervalForRemainingScheduledRetries\" value=\"480\" datatype=\"integer\" />"
            + "<parm name=\"PollOnLogin\" value=\"true\" datatype=\"boolean\" /><parm name=\"AllUsersPollOnFirstLogin\" value=\"true\" datatype=\"boolean\" /></characteristic></characteristic></characteristic></characteristic></wap-provisioningdoc>",
            Text(Document.Write()), StringComparison.Ordinal);

    [Fact]
    public void Signatures_are_asked_for_only_when_wanted()
    {
        var signing = Document with { Provider = Document.Provider with { RequireMessageSigning = true } };

        Assert.Contains("<parm name=\"RequireMessageSigning\" value=\"true\" datatype=\"boolean\" />", Text(signing.Write()), StringComparison.Ordinal);
        Assert.DoesNotContain("RequireMessageSigning", Text(Document.Write()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(EnrolmentType.Full, CertificateStore.User)]
    [InlineData(EnrolmentType.Device, CertificateStore.System)]
    public void The_type_of_enrolment_chooses_the_store(EnrolmentType type, CertificateStore store) =>
        Assert.Equal(store, ProvisioningDocument.StoreFor(type));

    [Fact]
    public void What_a_server_writes_a_virtual_pc_reads()
    {
        var read = ProvisioningDocument.Read(Document.Write());

        Assert.Equal((Document.Root, Document.Intermediate, Document.Certificate), (read.Root, read.Intermediate, read.Certificate), Same);
        Assert.Equal((Document.ProviderId, Document.Store, Document.Renew, Document.Provider), (read.ProviderId, read.Store, read.Renew, read.Provider));
        Assert.Equal(Document.Application.CertificateSubject, read.Application.CertificateSubject);
        Assert.Equal(Document.Application.ClientToServer.Nonce, read.Application.ClientToServer.Nonce);
        Assert.Equal(Document.Write(), read.Write());
    }

    [Fact]
    public void A_device_enrolment_without_extras_is_read_too()
    {
        var small = Document with
        {
            Store = CertificateStore.System,
            Root = null,
            Intermediate = null,
            Renew = null,
            Provider = new DmClientProvider { DeviceManagementId = null, KeepAlive = false, RequireMessageSigning = true },
            Application = Document.Application with { CertificateSubject = null },
        };

        Assert.Equal(small.Write(), ProvisioningDocument.Read(small.Write()).Write());
    }

    [Fact]
    public void A_renewal_is_written_exactly_so() =>
        Assert.Equal(
            "<wap-provisioningdoc version=\"1.1\"><characteristic type=\"CertificateStore\"><characteristic type=\"My\"><characteristic type=\"System\">"
            + $"{Issued} /><characteristic type=\"PrivateKeyContainer\" /></characteristic></characteristic></characteristic></characteristic>"
            + "<characteristic type=\"APPLICATION\"><parm name=\"PROVIDER-ID\" value=\"Deskward\" /></characteristic></wap-provisioningdoc>",
            Text(Renewal.Write()));

    [Fact]
    public void A_renewal_may_bring_a_new_root()
    {
        var sent = Renewal with { Root = RootCertificate, Intermediate = IssuingCertificate };

        Assert.Contains($"<characteristic type=\"Root\"><characteristic type=\"System\">{Root} />", Text(sent.Write()), StringComparison.Ordinal);
        Assert.Equal(sent.Write(), RenewalDocument.Read(sent.Write()).Write());
    }

    [Fact]
    public void What_would_break_windows_cannot_be_written()
    {
        Assert.Throws<ArgumentException>(() => (Document with { ProviderId = "Desk ward" }).Write());
        Assert.Throws<ArgumentException>(() => (Document with { Renew = new RenewSettings(PeriodDays: 0) }).Write());
        Assert.Throws<ArgumentException>(() => (Document with { Application = Document.Application with { ServerToClient = new AppAuth(null, "s", []) } }).Write());
        Assert.Throws<ArgumentException>(() => (Document with { Application = Document.Application with { ClientToServer = new AppAuth(null, "s", [1]) } }).Write());
    }

    [Fact]
    public void A_secret_is_not_printed_with_its_record() =>
        Assert.DoesNotContain("client-secret", Document.ToString(), StringComparison.Ordinal);

    private static RenewalDocument Renewal => new() { ProviderId = "Deskward", Certificate = DeviceCertificate, Store = CertificateStore.System };

    private static string Stored(byte[] certificate) =>
        $"<characteristic type=\"{X509CertificateLoader.LoadCertificate(certificate).Thumbprint}\"><parm name=\"EncodedCertificate\" value=\"{Convert.ToBase64String(certificate)}\"";

    private static bool Same((byte[]?, byte[]?, byte[]) one, (byte[]?, byte[]?, byte[]) other) =>
        one.Item1!.SequenceEqual(other.Item1!) && one.Item2!.SequenceEqual(other.Item2!) && one.Item3.SequenceEqual(other.Item3);
}
