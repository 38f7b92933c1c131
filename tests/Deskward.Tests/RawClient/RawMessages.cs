using System.Globalization;

namespace Deskward.RawClient;

/// <summary>
/// The messages of an enrolment, written by hand from MS-MDE2, MS-XCEP and MS-WSTEP as plain text. Nothing here refers to the product's protocol
/// assembly, so that a misreading shared by its reader and writer cannot hide.
/// </summary>
public static class RawMessages
{
    private const string Enrollment = "http://schemas.microsoft.com/windows/pki/2009/01/enrollment";
    private const string WsSecurity = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";

    public static string Discover(string address, Uri to, string version = "9.0") => Envelope(
        "http://schemas.microsoft.com/windows/management/2012/01/enrollment/IDiscoveryService/Discover", to, "",
        $"""
        <Discover xmlns="http://schemas.microsoft.com/windows/management/2012/01/enrollment"><request xmlns:i="http://www.w3.org/2001/XMLSchema-instance">
          <EmailAddress>{address}</EmailAddress><RequestVersion>{version}</RequestVersion><DeviceType>CIMClient_Windows</DeviceType>
          <ApplicationVersion>10.0.26200.9279</ApplicationVersion><OSEdition>4</OSEdition>
          <AuthPolicies><AuthPolicy>OnPremise</AuthPolicy><AuthPolicy>Federated</AuthPolicy></AuthPolicies>
        </request></Discover>
        """);

    public static string GetPolicies(string address, string code, Uri to) => Envelope(
        "http://schemas.microsoft.com/windows/pki/2009/01/enrollmentpolicy/IPolicy/GetPolicies", to, Security(address, code),
        """
        <GetPolicies xmlns="http://schemas.microsoft.com/windows/pki/2009/01/enrollmentpolicy"><client>
          <lastUpdate xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"/>
          <preferredLanguage xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"/></client>
          <requestFilter xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"/></GetPolicies>
        """);

    public static string Issue(string address, string code, Uri to, byte[] pkcs10, IEnumerable<(string Name, string Value)> facts) => Envelope(
        Enrollment + "/RST/wstep", to, Security(address, code), Token("Issue", Enrollment + "#PKCS10", Convert.ToBase64String(pkcs10, Base64FormattingOptions.InsertLineBreaks), facts));

    public static string Renew(Uri to, string address, byte[] pkcs7, bool encodeTwice = false) => Envelope(
        Enrollment + "/RST/wstep", to, Security(address, ""),
        Token(
            "Renew", WsSecurity + "#PKCS7",
            Convert.ToBase64String(encodeTwice ? System.Text.Encoding.ASCII.GetBytes(Convert.ToBase64String(pkcs7)) : pkcs7),
            [("DeviceType", "CIMClient_Windows"), ("ApplicationVersion", "10.0.26200.9279")]));

    private static string Envelope(string action, Uri to, string security, string body) => string.Create(CultureInfo.InvariantCulture,
        $"""
        <s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://www.w3.org/2005/08/addressing"
            xmlns:u="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd" xmlns:wsse="{WsSecurity}"
            xmlns:wst="http://docs.oasis-open.org/ws-sx/ws-trust/200512" xmlns:ac="http://schemas.xmlsoap.org/ws/2006/12/authorization">
          <s:Header>
            <a:Action s:mustUnderstand="1">
              {action}
            </a:Action>
            <a:MessageID>{MessageId}</a:MessageID>
            <a:ReplyTo><a:Address>http://www.w3.org/2005/08/addressing/anonymous</a:Address></a:ReplyTo>
            <a:To s:mustUnderstand="1">{to}</a:To>{security}
          </s:Header>
          <s:Body>{body}</s:Body>
        </s:Envelope>
        """);

    /// <summary>What each answer must repeat in RelatesTo.</summary>
    public const string MessageId = "urn:uuid:0d5a1441-5891-453b-becf-a2e5f6ea3749";

    private static string Security(string address, string code) =>
        $"""
        <wsse:Security s:mustUnderstand="1"><wsse:UsernameToken u:Id="uuid-cc1ccc1f-2fba-4bcf-b063-ffc0cac77917-4"><wsse:Username>{address}</wsse:Username>
        <wsse:Password wsse:Type="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordText">{code}</wsse:Password>
        </wsse:UsernameToken></wsse:Security>
        """;

    private static string Token(string type, string valueType, string value, IEnumerable<(string Name, string Value)> facts) =>
        $"""
        <wst:RequestSecurityToken>
          <wst:TokenType>http://schemas.microsoft.com/5.0.0.0/ConfigurationManager/Enrollment/DeviceEnrollmentToken</wst:TokenType>
          <wst:RequestType>http://docs.oasis-open.org/ws-sx/ws-trust/200512/{type}</wst:RequestType>
          <wsse:BinarySecurityToken ValueType="{valueType}" EncodingType="{WsSecurity}#base64binary">{value}</wsse:BinarySecurityToken>
          <ac:AdditionalContext xmlns="http://schemas.xmlsoap.org/ws/2006/12/authorization">{string.Concat(facts.Select(Item))}</ac:AdditionalContext>
        </wst:RequestSecurityToken>
        """;

    private static string Item((string Name, string Value) fact) => $"<ac:ContextItem Name=\"{fact.Name}\"><ac:Value>{fact.Value}</ac:Value></ac:ContextItem>";
}
