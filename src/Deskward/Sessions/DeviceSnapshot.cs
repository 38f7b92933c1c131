using Deskward.Devices;

namespace Deskward.Sessions;

/// <summary>What must be known of a certificate and its PC to recognise it and to answer a quiet session. Immutable but for its stamps.</summary>
internal sealed record DeviceSnapshot
{
    internal required Guid TenantId { get; init; }

    internal required Guid CertificateId { get; init; }

    internal required Guid DeviceId { get; init; }

    internal required string HardwareId { get; init; }

    internal required DeviceState State { get; init; }

    internal required DateTimeOffset NotAfter { get; init; }

    internal required bool IsRevoked { get; init; }

    /// <summary>The PC used this certificate before; otherwise its predecessor is to be revoked.</summary>
    internal required bool WasSeen { get; init; }

    /// <summary>It signed a message before; the first one that does is never quiet, because it ends the digest.</summary>
    internal bool HasSigned { get; init; }

    internal Guid? AssignmentSetId { get; init; }

    internal byte[]? SettledHash { get; init; }

    internal byte[]? DesiredHash { get; init; }

    internal bool WaitsForUser { get; init; }

    /// <summary>Commands wait or have no answer, or a session goes on: the answer cannot be quiet.</summary>
    internal bool IsBusy { get; init; }

    /// <summary>The next reading or retry, whichever is first.</summary>
    internal DateTimeOffset DueAt { get; init; }

    /// <summary>Broken by changes of any row this was taken from.</summary>
    internal Stamp[] Stamps { get; set; } = [];

    internal bool IsValid
    {
        get
        {
            foreach (var stamp in Stamps)
            {
                if (stamp.IsBroken)
                {
                    return false;
                }
            }

            return true;
        }
    }

    /// <summary>Settled on what is wanted now, nothing to do, nothing due: the answer is a pure function of the message.</summary>
    internal bool IsQuiet(DateTimeOffset now, bool isUserSignedIn) =>
        State == DeviceState.Enrolled && WasSeen && !IsBusy && now < DueAt && !(WaitsForUser && isUserSignedIn)
        && SettledHash is not null && SettledHash.AsSpan().SequenceEqual(AssignmentSetId is null ? DesiredState.TargetDocument.Empty.Hash : DesiredHash);
}

/// <summary>Tells the snapshots that hold it whether a row has changed since.</summary>
internal sealed class Stamp
{
    internal volatile bool IsBroken;
}
