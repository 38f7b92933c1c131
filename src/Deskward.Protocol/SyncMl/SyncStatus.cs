namespace Deskward.Protocol.SyncMl;

/// <summary>Status codes that a PC or we answer with (OMA-SyncML-RepPro 1.2.2, 10; MS-MDM 2.2.7.11).</summary>
public static class SyncStatus
{
    public const int Ok = 200;
    public const int ItemAdded = 201;

    /// <summary>Begun; the result comes later, by a node to read or an alert 1224 or 1226.</summary>
    public const int Accepted = 202;
    public const int NoContent = 204;

    /// <summary>Credentials hold for the whole session.</summary>
    public const int AuthenticationAccepted = 212;

    /// <summary>A chunk of a large object was taken; the next is awaited.</summary>
    public const int ChunkAccepted = 213;
    public const int Cancelled = 214;
    public const int NotExecuted = 215;
    public const int RolledBack = 216;
    public const int BadRequest = 400;
    public const int InvalidCredentials = 401;
    public const int Forbidden = 403;

    /// <summary>The node is absent, or this build or edition has no such configuration service provider.</summary>
    public const int NotFound = 404;
    public const int NotAllowed = 405;
    public const int NotSupported = 406;
    public const int CredentialsMissing = 407;
    public const int TimedOut = 408;

    /// <summary>The first chunk of a large object does not say how long the whole is.</summary>
    public const int SizeRequired = 411;
    public const int Incomplete = 412;
    public const int TooLarge = 413;
    public const int BadFormat = 415;
    public const int SizeTooBig = 416;
    public const int RetryLater = 417;
    public const int AlreadyExists = 418;
    public const int DeviceFull = 420;

    /// <summary>A large object is not as long as its first chunk said.</summary>
    public const int SizeMismatch = 424;
    public const int PermissionDenied = 425;
    public const int Failed = 500;
    public const int Unavailable = 503;
    public const int AtomicFailed = 507;
    public const int DataStoreFailed = 510;
    public const int RollBackFailed = 516;

    /// <summary>Carried out; <see cref="Accepted"/> and <see cref="ChunkAccepted"/> are not, and neither are 214 to 216, which say that nothing was done.</summary>
    public static bool IsSuccess(int code) => code is Ok or ItemAdded or NoContent or AuthenticationAccepted;

    /// <summary>This PC does not know the node or the verb; asking again will not change it.</summary>
    public static bool IsNotApplicable(int code) => code is NotFound or NotAllowed or NotSupported;
}

/// <summary>Codes of Alert (OMA-SyncML-RepPro 1.2.2, 10.1).</summary>
public static class AlertCode
{
    public const int ServerInitiated = 1200;
    public const int ClientInitiated = 1201;

    /// <summary>Asks for the next message of a package or the next chunk of a large object.</summary>
    public const int NextMessage = 1222;
    public const int SessionAbort = 1223;

    /// <summary>An event of the client: LoginStatus, synctype, an installation that ended.</summary>
    public const int ClientEvent = 1224;

    /// <summary>The end of a large object was not received.</summary>
    public const int NoEndOfData = 1225;
    public const int Generic = 1226;

    /// <summary>Meta/Type of the 1224 that says whether somebody is signed in; data <c>user</c>, <c>others</c> or <c>none</c>.</summary>
    public const string LoginStatusType = "com.microsoft/MDM/LoginStatus";

    /// <summary>Meta/Type of the 1224 with which a PC that is still at work keeps the session alive (EnableOmaDmKeepAliveMessage).</summary>
    public const string PendingType = "Reversed-Domain-Name:com.microsoft.mdm.requestpending";

    /// <summary>Meta/Type of the 1224 that says whose settings the session is for; data <c>user</c>, <c>device</c> or <c>mixed</c> (MS-MDM 3.2.5.1.5).</summary>
    public const string SyncTypeType = "com.microsoft.mdm.synctype";

    /// <summary>Meta/Type of the 1224 that carries an access token of the signed-in person: a secret.</summary>
    public const string UserTokenType = "com.microsoft/MDM/AADUserToken";

    /// <summary>Meta/Type of the 1226 with which a PC leaves management.</summary>
    public const string UnenrolType = "com.microsoft:mdm.unenrollment.userrequest";
}
