using System.Text;
using Deskward.Protocol.Enrolment;

namespace Deskward.Enrollment;

/// <summary>
/// What the sign-in page hands to Windows, and Windows hands to the enrolment services (MS-MDE2 3.1.4.1, Federated): whose it is, and an enrolment code
/// for one PC that lives some minutes. From there on it is a code like any other.
/// </summary>
internal sealed record SignInToken(Guid PersonId, string Code)
{
    /// <summary>How long the PC has to enrol once the person has signed in.</summary>
    internal static readonly TimeSpan Life = TimeSpan.FromMinutes(15);

    private const int Longest = 100;

    internal string Text => $"{PersonId:n}.{Code}";

    /// <summary>The token that a message carries; null when it carries none of ours.</summary>
    internal static SignInToken? Read(BinarySecurityToken token)
    {
        if (token.ValueType != BinarySecurityToken.UserToken || token.Value.Length > Longest)
        {
            return null;
        }

        var parts = Encoding.UTF8.GetString(token.Value).Split('.');
        return parts is [var person, { Length: > 0 } code] && Guid.TryParseExact(person, "n", out var id) ? new SignInToken(id, code) : null;
    }

    /// <summary>Without the code: records are logged by accident.</summary>
    public override string ToString() => $"{nameof(SignInToken)} {{ {nameof(PersonId)} = {PersonId} }}";
}
