namespace Deskward.DesiredState;

/// <summary>
/// What one PC acknowledged and showed, per setting. An entry is made before a command leaves, so that whatever may have been written is
/// known even when no answer comes.
/// </summary>
public sealed class Evidence
{
    private static readonly TimeSpan LookAgainAt = TimeSpan.FromHours(1);
    private const int MostLostSessions = 5;
    private readonly Dictionary<string, EvidenceEntry> _entries = new(StringComparer.Ordinal);

    internal IReadOnlyCollection<EvidenceEntry> Entries => _entries.Values;

    /// <summary>The facts the applicability was taken from; another value re-opens what was not applicable.</summary>
    internal ulong Facts { get; private set; }

    /// <summary>Everything last read before this instant is to be read; null: no full reading is under way.</summary>
    internal DateTimeOffset? ReadingFrom { get; set; }

    /// <summary>Nothing is written until everything that can be read was read: the PC may be newer than our database.</summary>
    internal bool ReadsFirst { get; set; }

    internal EvidenceEntry? Find(string path) => _entries.GetValueOrDefault(path);

    internal EvidenceEntry Open(string path)
    {
        if (!_entries.TryGetValue(path, out var entry))
        {
            _entries[path] = entry = new EvidenceEntry(path);
        }

        return entry;
    }

    internal void Remove(string path) => _entries.Remove(path);

    /// <summary>A new session begins: what the last one left without an answer is open again, and nothing blocks the others for ever.</summary>
    internal void BeginSession(ulong facts, DateTimeOffset now)
    {
        foreach (var entry in _entries.Values)
        {
            var tried = entry.Tries > 0;
            entry.Tries = 0;
            if (entry.Standing == Standing.Sent && tried && ++entry.Lost > MostLostSessions)
            {
                entry.Fail(now, 0, "The PC ended the session without an answer.");
                entry.Lost = 0;
            }
        }

        Know(facts);
    }

    /// <summary>Takes note of the PC's build, edition and enrolment type; when they changed, what was not applicable is open again.</summary>
    internal void Know(ulong facts)
    {
        if (Facts == facts)
        {
            return;
        }

        foreach (var entry in _entries.Values.Where(entry => entry.Standing == Standing.NotApplicable).ToArray())
        {
            _entries.Remove(entry.Path);
        }

        Facts = facts;
    }

    /// <summary>
    /// Everything ours that can be read will be read; of the policies that stand already also what is in force. What is only being written has its turn with
    /// the next reading: another authority changes its mind on its own schedule, and a PC that gets its whole document is not asked everything twice.
    /// </summary>
    internal void BeginReading(DateTimeOffset now, bool readsFirst)
    {
        (ReadingFrom, ReadsFirst) = (now, ReadsFirst || readsFirst);
        foreach (var entry in _entries.Values.Where(entry => entry.Standing is (Standing.Acknowledged or Standing.Verified) && EvidenceEntry.IsPolicy(entry.Path)))
        {
            entry.ResultDue = true;
        }
    }

    /// <summary>A person wants failed and given-up settings tried once more with the next session.</summary>
    internal void RetryNow(DateTimeOffset now)
    {
        foreach (var entry in _entries.Values.Where(entry => entry.Standing == Standing.Failed))
        {
            entry.RetryAt = now;
        }
    }

    /// <summary>A command is about to leave.</summary>
    internal void Sent(Work work, DateTimeOffset now)
    {
        switch (work.Kind)
        {
            case WorkKind.Add or WorkKind.Replace when !work.IsNewNode:
                var entry = Open(work.Path);
                if (entry.Value != work.ValueHash || entry.IsLeaving)
                {
                    (entry.Value, entry.Attempts, entry.Lost, entry.RepairedAt) = (work.ValueHash, 0, 0, null);
                }

                // Of a setting that was found changed, in whichever session: the next repair counts from here.
                entry.RepairedAt = entry.Standing == Standing.Differs ? now : entry.RepairedAt;
                entry.IsLeaving = false;
                entry.ResultDue |= entry.InForce is not null;
                Send(entry, now);
                break;
            case WorkKind.Delete or WorkKind.Restore:
                foreach (var leaving in AtOrBelow(work.Path))
                {
                    leaving.Attempts = leaving.IsLeaving ? leaving.Attempts : 0;
                    leaving.IsLeaving = true;
                    Send(leaving, now);
                }

                break;
            default:
                break;
        }
    }

    /// <summary>The entries of a node and of everything below it.</summary>
    internal EvidenceEntry[] AtOrBelow(string path) =>
        [.. _entries.Values.Where(entry => entry.Path.StartsWith(path, StringComparison.Ordinal) && (entry.Path.Length == path.Length || entry.Path[path.Length] == '/'))];

    /// <summary>Rebuilds what may be on a PC from the documents it was given, when the evidence itself is lost.</summary>
    internal void Recover(IEnumerable<TargetDocument> documents, DateTimeOffset now)
    {
        foreach (var setting in documents.SelectMany(document => document.Settings))
        {
            Open(setting.Path).Stand(Standing.Sent, now);
        }
    }

    /// <summary>When the next attempt or look at a setting of the machine is due; null: none. Settings of a user wait for the user.</summary>
    internal DateTimeOffset? NextRetry()
    {
        DateTimeOffset? next = null;
        foreach (var entry in _entries.Values.Where(entry => !PlannerFacts.IsUserPath(entry.Path)))
        {
            next = entry.RetryAt is { } at && (next is null || at < next) ? at : next;
        }

        return next;
    }

    private static void Send(EvidenceEntry entry, DateTimeOffset now)
    {
        entry.Stand(Standing.Sent, now);
        entry.Tries++;
    }

    internal static DateTimeOffset LookAgain(DateTimeOffset now) => now + LookAgainAt;
}
