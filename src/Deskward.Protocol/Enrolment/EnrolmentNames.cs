namespace Deskward.Protocol.Enrolment;

/// <summary>Namespaces and fixed values of MS-MDE2, MS-XCEP and MS-WSTEP.</summary>
internal static class EnrolmentNames
{
    public const string Soap12 = "http://www.w3.org/2003/05/soap-envelope";
    public const string Soap11 = "http://schemas.xmlsoap.org/soap/envelope/";
    public const string Addressing = "http://www.w3.org/2005/08/addressing";
    public const string Anonymous = "http://www.w3.org/2005/08/addressing/anonymous";
    public const string SecurityUtility = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";
    public const string Security = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";
    public const string Base64Encoding = Security + "#base64binary";
    public const string PasswordText = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordText";
    public const string Trust = "http://docs.oasis-open.org/ws-sx/ws-trust/200512";
    public const string Authorization = "http://schemas.xmlsoap.org/ws/2006/12/authorization";
    public const string Discovery = "http://schemas.microsoft.com/windows/management/2012/01/enrollment";
    public const string Policy = "http://schemas.microsoft.com/windows/pki/2009/01/enrollmentpolicy";
    public const string Enrollment = "http://schemas.microsoft.com/windows/pki/2009/01/enrollment";
    public const string Diagnostics = "http://schemas.microsoft.com/2004/09/ServiceModel/Diagnostics";
    public const string SchemaInstance = "http://www.w3.org/2001/XMLSchema-instance";
    public const string Schema = "http://www.w3.org/2001/XMLSchema";

    public const string Issue = Trust + "/Issue";
    public const string Renew = Trust + "/Renew";
    public const string Pkcs10 = Enrollment + "#PKCS10";
    public const string Pkcs7 = Enrollment + "#PKCS7";

    private const string ConfigurationManager = "http://schemas.microsoft.com/5.0.0.0/ConfigurationManager/Enrollment/";
    public const string DeviceEnrollmentToken = ConfigurationManager + "DeviceEnrollmentToken";
    public const string DeviceEnrollmentUserToken = ConfigurationManager + "DeviceEnrollmentUserToken";
    public const string DeviceEnrollmentProvisionDoc = ConfigurationManager + "DeviceEnrollmentProvisionDoc";
}
