namespace Deskward.Simulator;

/// <summary>
/// A virtual Windows PC: an honest twin of the management client that is built into Windows. It speaks to a service over the network alone,
/// keeps a settings tree that the CSP catalogue checks, and answers as Windows would. One thing at a time; other calls wait.
/// </summary>
public sealed class VirtualPc : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly KeyStore _keys;
    private readonly TimeProvider _time;
    private PcConnection? _connection;
    private PcCredential? _credential;
    private DateTimeOffset? _nextPoll;

    internal VirtualPc(PcState state, PcNetwork network, KeyStore keys, TimeProvider time)
    {
        (State, Network, _keys, _time) = (state, network, keys, time);
        Identity = PcIdentity.From(new Seed(state.Seed), state.Profile);
        Tree = new CspTree(Identity, time) { Facts = { SplitsLargeAnswers = state.Profile.SplitsLargeAnswers } };
        foreach (var (path, value) in state.Settings)
        {
            Tree.Store.Write(path, value);
        }
        foreach (var (path, value) in state.GroupPolicy)
        {
            Tree.GroupPolicy[path] = value;
        }
        RefreshLogin();
        RefreshPoll();
    }

    /// <summary>A PC fresh from the box. The same seed and profile make the same PC, keys aside.</summary>
    public static VirtualPc Create(long seed, PcProfile? profile = null, PcNetwork? network = null, KeyStore? keys = null, TimeProvider? time = null) =>
        new(new PcState { Seed = seed, Profile = profile ?? new PcProfile() }, network ?? new PcNetwork(), keys ?? new KeyStore(), time ?? TimeProvider.System);

    public PcIdentity Identity { get; }

    public PcProfile Profile => State.Profile;

    public CspTree Tree { get; }

    public PcFaults Faults { get; } = new();

    public PcNetwork Network { get; set; }

    public bool IsEnrolled => State.Enrolment is not null;

    /// <summary>Who enrolled the PC; null when it is not enrolled.</summary>
    public string? Owner => State.Enrolment?.Address;

    /// <summary>DER of the certificate it was issued; null when it is not enrolled.</summary>
    public ReadOnlyMemory<byte>? Certificate => State.Enrolment?.Certificate;

    /// <summary>Who is signed in; null: nobody.</summary>
    public string? SignedIn => State.SignedIn;

    public LoginStatus LoginStatus => Tree.Login;

    public bool IsAwake => State.IsAwake;

    /// <summary>How often it was restarted.</summary>
    public int Restarts => State.Restarts;

    /// <summary>How often it was wiped.</summary>
    public int Wipes => State.Wipes;

    /// <summary>Paths of the actions (Exec) it carried out, in order, since it was made or loaded.</summary>
    public IReadOnlyList<string> Actions => Tree.Actions.Ran;

    /// <summary>Sees every message: true for those it sends.</summary>
    public Action<bool, byte[]>? Watch { get; set; }

    /// <summary>When the next session is due by the poll schedule, or because somebody or something asked for one; null: not enrolled, or asleep.</summary>
    public DateTimeOffset? NextSync => IsEnrolled && IsAwake ? State.AskedFor ?? _nextPoll : null;

    /// <summary>Who was signed in when the PC last restarted and has not come back yet; null: nobody.</summary>
    public string? ComesBack { get; private set; }

    internal PcState State { get; }

    internal KeyStore Keys => _keys;

    /// <summary>As <see cref="EnrolAsync(EnrolmentTicket, CancellationToken)"/>, with a code.</summary>
    public Task<EnrolReport> EnrolAsync(Uri discoveryUrl, string address, string code, CancellationToken cancellation = default) =>
        EnrolAsync(new EnrolmentTicket(discoveryUrl, address, code), cancellation);

    /// <summary>Enrols, through the sign-in page where the service wants it. After a lost reply call it again: the same key is offered.</summary>
    public Task<EnrolReport> EnrolAsync(EnrolmentTicket ticket, CancellationToken cancellation = default) => InTurnAsync(async () =>
    {
        if (IsEnrolled)
        {
            return new EnrolReport { Succeeded = false, HResult = 0x8018000A, Reason = "The PC is already enrolled." };
        }
        using var connection = new PcConnection(Network, Faults, _time, null);
        var soap = new SoapExchange(connection);
        return await ReportAsync(soap, async () =>
        {
            var keyName = State.NextKeyName(Identity.DeviceId);
            var (enrolment, document) = await new Enroller(Identity, Profile, _keys, _time, soap)
                .EnrolAsync(ticket, Network, keyName, cancellation).ConfigureAwait(false);
            DropCredential();
            Tree.Store.Clear();
            foreach (var (path, value) in PcNodes.From(document, Identity, Profile.Enrolment))
            {
                Tree.SetLocally(path, value);
            }
            (State.Enrolment, State.LastSync, State.PollStart, State.Generation) = (enrolment, null, null, State.Generation + 1);
            State.AskedFor = _time.GetUtcNow();
            RefreshLogin();
            RefreshPoll();
        }).ConfigureAwait(false);
    }, cancellation);

    /// <summary>One session, now. What the service set going (restart, renewal, unenrolment, wipe) has happened when this returns.</summary>
    public Task<SyncReport> SyncAsync(CancellationToken cancellation = default) => InTurnAsync(async () =>
    {
        if (!IsAwake || !IsEnrolled)
        {
            return new SyncReport { Outcome = IsAwake ? SyncOutcome.NotEnrolled : SyncOutcome.Asleep };
        }
        var report = await ConverseAsync(leaves: false, cancellation).ConfigureAwait(false);
        return await FollowUpAsync(report, cancellation).ConfigureAwait(false);
    }, cancellation);

    /// <summary>Renews the certificate with a new key. After a lost reply call it again: the same key is offered.</summary>
    public Task<EnrolReport> RenewAsync(CancellationToken cancellation = default) => InTurnAsync(() => RenewCoreAsync(cancellation), cancellation);

    /// <summary>The person disconnects the PC: alert 1226 while the account still works, then everything is removed, whatever the service said.</summary>
    public Task<SyncReport> UnenrolAsync(CancellationToken cancellation = default) => InTurnAsync(async () =>
    {
        if (!IsEnrolled)
        {
            return new SyncReport { Outcome = SyncOutcome.NotEnrolled };
        }
        if (Tree.Read(PcNodes.ManualUnenrolment) == "0")
        {
            return new SyncReport { Outcome = SyncOutcome.NotAllowed, Reason = "Experience/AllowManualMDMUnenrollment is 0" };
        }
        var report = await ConverseAsync(leaves: true, cancellation).ConfigureAwait(false);
        Leave();
        return report.Outcome == SyncOutcome.Completed ? report with { Outcome = SyncOutcome.Unenrolled } : report;
    }, cancellation);

    /// <summary>Somebody signs in. Asks for a session when the poll settings say so.</summary>
    public void SignIn(string upn)
    {
        (State.SignedIn, ComesBack) = (upn, null);
        RefreshLogin();
        if (State.Enrolment is { } enrolment && Tree.Read(PcNodes.Provider(enrolment.ProviderId) + "/Poll/PollOnLogin") == "true")
        {
            SyncSoon();
        }
    }

    public void SignOut()
    {
        State.SignedIn = null;
        RefreshLogin();
    }

    /// <summary>Makes a session due now; the fleet, or whoever plays the PC's life, then runs it.</summary>
    public void SyncSoon() => State.AskedFor = _time.GetUtcNow();

    public void Sleep()
    {
        Hang();
        State.IsAwake = false;
    }

    public void Wake() => State.IsAwake = true;

    /// <summary>Restarts: nobody is signed in, connections are gone, a session is due; a name that was ordered is now the PC's.</summary>
    public void Restart()
    {
        Hang();
        State.Restarts++;
        Tree.TakeOrderedName();
        ComesBack = SignedIn ?? ComesBack;
        SignOut();
        SyncSoon();
    }

    /// <summary>Resets the PC to the state it left the factory in; nobody is told. It keeps its hardware, and so its device id.</summary>
    public void Reset()
    {
        Leave();
        Tree.GroupPolicy.Clear();
        State.Wipes++;
        State.SignedIn = null;
        RefreshLogin();
    }

    /// <summary>Makes the next request for a certificate carry another key than the last, as a PC does whose enrolment was begun anew.</summary>
    public void ForgetKey() => State.Generation++;

    /// <summary>Whether the certificate is due for renewal by Renew/RenewPeriod.</summary>
    public bool IsRenewalDue => State.Enrolment is { } enrolment && _time.GetUtcNow() > enrolment.RenewFrom;

    public void Dispose()
    {
        DropCredential();
        _turn.Dispose();
    }

    private async Task<SyncReport> ConverseAsync(bool leaves, CancellationToken cancellation)
    {
        var enrolment = State.Enrolment!;
        _credential ??= new PcCredential(enrolment, _keys);
        _connection ??= new PcConnection(Network, Faults, _time, _credential);
        var setting = new SessionSetting(Identity, Profile, enrolment, _credential.Identity, Tree, Faults, Network)
        {
            Time = _time,
            SessionId = State.NextSessionId(),
            Leaves = leaves,
            Watch = Watch,
        };
        var poll = Poll(enrolment);
        var alerts = Tree.Actions.Alerts.Count;
        (State.LastSync, State.AskedFor) = (_time.GetUtcNow(), null);
        try
        {
            var report = await new Session(setting, _connection).RunAsync(cancellation).ConfigureAwait(false);
            Tree.Actions.Told(report.Outcome == SyncOutcome.Completed && !leaves ? alerts : 0);
            State.AskedFor ??= report.Outcome == SyncOutcome.Refused ? _time.GetUtcNow() + report.RetryAfter : null;
            return report;
        }
        finally
        {
            State.PollStart = Poll(enrolment) == poll ? State.PollStart : State.LastSync;
            RefreshPoll();
            if (!Network.KeepsConnections)
            {
                Hang();
            }
        }
    }

    private async Task<SyncReport> FollowUpAsync(SyncReport report, CancellationToken cancellation)
    {
        switch (Tree.Actions.TakePending())
        {
            case CspRequest.Restart:
                Restart();
                break;
            case CspRequest.Renew:
                var renewal = await RenewCoreAsync(cancellation).ConfigureAwait(false);
                return report with { Violations = [.. report.Violations, .. renewal.Violations] };
            case CspRequest.Wipe:
                Reset();
                return report with { Outcome = SyncOutcome.Unenrolled };
            case CspRequest.Unenrol:
                var last = await ConverseAsync(leaves: true, cancellation).ConfigureAwait(false);
                Leave();
                return report with { Messages = report.Messages + last.Messages, Violations = [.. report.Violations, .. last.Violations], HttpStatus = last.HttpStatus };
        }
        return report;
    }

    private async Task<EnrolReport> RenewCoreAsync(CancellationToken cancellation)
    {
        if (State.Enrolment is not { } enrolment)
        {
            return new EnrolReport { Succeeded = false, Reason = "The PC is not enrolled." };
        }
        using var credential = new PcCredential(enrolment, _keys);
        using var connection = new PcConnection(Network, Faults, _time, credential);
        var soap = new SoapExchange(connection);
        Tree.Facts.RenewalStatus = 1;
        var report = await ReportAsync(soap, async () =>
        {
            var keyName = State.NextKeyName(Identity.DeviceId);
            State.Enrolment = await new Enroller(Identity, Profile, _keys, _time, soap).RenewAsync(enrolment, credential.Identity, keyName, cancellation).ConfigureAwait(false);
            State.Generation++;
            DropCredential();
        }).ConfigureAwait(false);
        (Tree.Facts.RenewalStatus, Tree.Facts.RenewalError) = (report.Succeeded ? 2 : 3, (int)(report.HResult ?? 0));
        return report;
    }

    private async Task<EnrolReport> ReportAsync(SoapExchange soap, Func<Task> work)
    {
        var started = _time.GetTimestamp();
        EnrolmentRefusedException? refused = null;
        try
        {
            await work().ConfigureAwait(false);
        }
        catch (EnrolmentRefusedException error)
        {
            refused = error;
        }
        return new EnrolReport
        {
            Succeeded = refused is null,
            HResult = refused?.HResult,
            Reason = refused?.Message,
            HttpStatus = soap.LastStatus,
            Violations = soap.Violations,
            Duration = _time.GetElapsedTime(started),
        };
    }

    // Windows removes certificates, policies, profiles and tasks.
    private void Leave()
    {
        DropCredential();
        Tree.Store.Clear();
        (State.Enrolment, State.AskedFor, State.LastSync, State.PollStart) = (null, null, null, null);
        RefreshLogin();
    }

    private void Hang()
    {
        _connection?.Dispose();
        _connection = null;
    }

    private void DropCredential()
    {
        Hang();
        _credential?.Dispose();
        _credential = null;
    }

    private void RefreshLogin() => Tree.Login =
        State.SignedIn is not { } person ? LoginStatus.None
        : Owner is { } owner && owner.Equals(person, StringComparison.OrdinalIgnoreCase) ? LoginStatus.User
        : LoginStatus.Others;

    private void RefreshPoll() => _nextPoll = State.Enrolment is { } enrolment
        ? Poll(enrolment).Next(State.PollStart ?? enrolment.EnrolledAt, State.LastSync ?? enrolment.EnrolledAt)
        : null;

    private PollClock Poll(PcEnrolment enrolment) => PollClock.Read(Tree, enrolment.ProviderId);

    internal async Task<T> InTurnAsync<T>(Func<Task<T>> work, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            return await work().ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }
}
