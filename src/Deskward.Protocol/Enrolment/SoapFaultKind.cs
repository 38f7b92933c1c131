namespace Deskward.Protocol.Enrolment;

/// <summary>Every way in which an enrolment can be refused so that Windows says something sensible (MS-MDE2 2.2.6, 2.2.9); a closed set.</summary>
public enum SoapFaultKind
{
    /// <summary>The message cannot be read.</summary>
    MessageFormat,

    /// <summary>The user is not recognised.</summary>
    Authentication,

    /// <summary>The user is known and may not enrol.</summary>
    Authorization,

    /// <summary>The certificate request is not acceptable.</summary>
    CertificateRequest,

    /// <summary>The server failed.</summary>
    EnrollmentServer,

    /// <summary>The server failed in a way it did not expect.</summary>
    InternalServiceFault,

    /// <summary>The security header is missing or cannot be understood.</summary>
    InvalidSecurity,

    /// <summary>The user has as many devices as are allowed.</summary>
    DeviceCapReached,

    /// <summary>This kind of device is not managed.</summary>
    DeviceNotSupported,

    /// <summary>This edition or version is not managed.</summary>
    NotSupported,

    /// <summary>Renewal outside its window, or of a certificate that was revoked.</summary>
    NotEligibleToRenew,

    /// <summary>Try later.</summary>
    InMaintenance,

    /// <summary>The user has no licence for management.</summary>
    UserLicense,

    /// <summary>What the PC sent about itself contradicts itself.</summary>
    InvalidEnrollmentData,

    /// <summary>Shows the message of the server to the person (Windows from 2023 on).</summary>
    CustomServerError,
}

/// <summary>How each kind is written, and what Windows makes of it.</summary>
public static class SoapFaultKinds
{
    /// <summary>The error code Windows shows and logs.</summary>
    public static uint HResult(this SoapFaultKind kind) => kind switch
    {
        SoapFaultKind.MessageFormat => 0x80180001,
        SoapFaultKind.Authentication => 0x80180002,
        SoapFaultKind.Authorization => 0x80180003,
        SoapFaultKind.CertificateRequest => 0x80180004,
        SoapFaultKind.EnrollmentServer => 0x80180005,
        SoapFaultKind.InternalServiceFault => 0x80180006,
        SoapFaultKind.InvalidSecurity => 0x80180007,
        SoapFaultKind.DeviceCapReached => 0x80180013,
        SoapFaultKind.DeviceNotSupported => 0x80180014,
        SoapFaultKind.NotSupported => 0x80180015,
        SoapFaultKind.NotEligibleToRenew => 0x80180016,
        SoapFaultKind.InMaintenance => 0x80180017,
        SoapFaultKind.UserLicense => 0x80180018,
        SoapFaultKind.InvalidEnrollmentData => 0x80180019,
        SoapFaultKind.CustomServerError => 0x80180032,
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    /// <summary>Whether it travels as the ErrorType of a DeviceEnrollmentServiceError.</summary>
    internal static bool HasDetail(this SoapFaultKind kind) => kind >= SoapFaultKind.DeviceCapReached;

    /// <summary>The qualified name in s:Subcode.</summary>
    internal static string Subcode(this SoapFaultKind kind) => kind switch
    {
        SoapFaultKind.InternalServiceFault or SoapFaultKind.InvalidSecurity => $"a:{kind}",
        _ when kind.HasDetail() => $"s:{SoapFaultKind.Authorization}",
        _ => $"s:{kind}",
    };
}
