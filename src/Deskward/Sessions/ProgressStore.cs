using Deskward.DesiredState;
using Deskward.Devices;
using Deskward.Platform;
using Deskward.Protocol.Csp;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Sessions;

/// <summary>Reads and writes what is known of a PC's way to its desired state.</summary>
internal sealed class ProgressStore(DeskwardContext db, DocumentStore documents, ServiceSettings settings)
{
    private const int HashLength = 32;

    internal static PlannerFacts FactsOf(Device device, DateTimeOffset now) => new()
    {
        Build = OsBuild.TryParse(device.OsBuild, out var build) ? build : null,
        Edition = device.Edition,
        IsDeviceEnrolment = device.IsDeviceEnrolment,
        Now = now,
    };

    internal static bool IsInventoryDue(DeviceProgress progress, DateTimeOffset now) => progress.InventoryAt is not { } at || at + DeviceProgress.ReadEvery <= now || progress.ReadDueAt <= now;

    /// <summary>The document that the PC should settle on now, asked for before its turn: whatever has to be compiled for it is shared with other PCs.</summary>
    internal ValueTask<TargetDocument> AheadAsync(Guid tenant, Guid? assignmentSet, CancellationToken cancellationToken) =>
        documents.CurrentAsync(tenant, assignmentSet, cancellationToken);

    /// <summary>The document that the PC should settle on now.</summary>
    internal Task<TargetDocument> WantedAsync(Guid tenant, Guid? assignmentSet, CancellationToken cancellationToken) =>
        documents.CurrentAsync(db, tenant, assignmentSet, cancellationToken);

    /// <summary>The value to send.</summary>
    internal string Reveal(Guid tenant, TargetSetting setting) => documents.Reveal(tenant, setting);

    /// <summary>What the PC's management client should have.</summary>
    internal IReadOnlyList<ClientSetting> ClientOf(Device device, PlannerTarget target) => ClientSettings.For(settings, device.Id, target);

    /// <summary>The evidence as it stands at this message.</summary>
    internal async Task<Evidence> LoadAsync(DeviceProgress progress, byte[] wanted, PlannerFacts facts, bool starts, CancellationToken cancellationToken)
    {
        var evidence = EvidenceCodec.Read(progress.Evidence);
        if (evidence is null)
        {
            evidence = new Evidence();
            evidence.Recover(await GivenAsync(progress, cancellationToken), facts.Now);
        }

        if (starts)
        {
            evidence.BeginSession(facts.Fingerprint, facts.Now);
            if (progress.ReadDueAt <= facts.Now || progress.MustReadFirst)
            {
                evidence.BeginReading(facts.Now, progress.MustReadFirst);
                progress.MustReadFirst = false;
            }
        }

        Begin(progress, wanted);
        return evidence;
    }

    /// <summary>Writes what a message changed; when the session is over, also how each setting stands.</summary>
    internal async Task SaveAsync(ExchangeRows rows, Conversation conversation, CancellationToken cancellationToken)
    {
        var evidence = conversation.Evidence;
        evidence.Know(ProgressStore.FactsOf(rows.Device, conversation.Now).Fingerprint);
        await SaveDriftsAsync(rows, conversation, cancellationToken);
        if (conversation is { IsOver: true, HasUnenrolled: false })
        {
            await SettleAsync(rows, conversation, cancellationToken);
        }

        rows.Progress.Evidence = EvidenceCodec.Write(evidence);
    }

    private async Task SettleAsync(ExchangeRows rows, Conversation conversation, CancellationToken cancellationToken)
    {
        var (device, progress) = (rows.Device, rows.Progress);
        var (evidence, target) = (conversation.Evidence, conversation.Target);
        var facts = FactsOf(device, conversation.Now) with { IsUserSignedIn = conversation.Facts.IsUserSignedIn };
        var settled = !conversation.WasAborted && Planner.IsSettled(target, evidence, facts);
        var outcomes = ProgressOutcomes.Of(target, evidence, facts);
        await ProgressRows.SaveAsync(db, progress, outcomes, cancellationToken);
        progress.RetryDueAt = evidence.NextRetry();
        progress.WaitsForUser = !device.IsDeviceEnrolment && outcomes.Any(outcome => PlannerFacts.IsUserPath(outcome.Path) && outcome is { Outcome: SettingOutcome.Waiting } or { Outcome: SettingOutcome.Failed, RetryAt: not null });
        (device.SettledHash, device.IsClean) = (settled ? target.Hash : null, settled && outcomes.All(outcome => outcome.Outcome is not (SettingOutcome.Waiting or SettingOutcome.Failed)));
        if (settled)
        {
            (progress.BaseHash, progress.BegunHashes) = (target.Hash, []);
            progress.OverlayHash = Overlay.HashOf(target, new OverlayFacts(device.Id, device.HardwareId, device.Name, device.Serial, device.UserAddress));
            if (evidence.ReadingFrom is not null || progress.ReadDueAt <= conversation.Now)
            {
                (evidence.ReadingFrom, progress.ReadDueAt) = (null, conversation.Now + DeviceProgress.ReadEvery);
            }
        }
    }

    private async Task SaveDriftsAsync(ExchangeRows rows, Conversation conversation, CancellationToken cancellationToken)
    {
        var (device, progress, hadDrifts) = (rows.Device, rows.Progress, rows.Progress.HasDrifts);
        foreach (var drift in conversation.Drifts)
        {
            var found = ReportedText.Clean(drift.Found, DriftMapping.LongestFound);
            db.Add(new Drift { TenantId = device.TenantId, DeviceId = device.Id, Path = drift.Path, Found = found, FoundAt = conversation.Now });
            (device.IsClean, progress.HasDrifts) = (false, true);
        }

        if (hadDrifts && conversation.Shown.Count > 0)
        {
            var open = await db.Set<Drift>().Where(row => row.DeviceId == device.Id && row.RepairedAt == null).ToListAsync(cancellationToken);
            open.Where(row => conversation.Shown.Contains(row.Path)).ToList().ForEach(row => row.RepairedAt = conversation.Now);
            progress.HasDrifts = conversation.Drifts.Count > 0 || open.Exists(row => row.RepairedAt is null);
        }
    }

    private async Task<List<TargetDocument>> GivenAsync(DeviceProgress progress, CancellationToken cancellationToken)
    {
        var found = new List<TargetDocument>();
        foreach (var hash in progress.BegunHashes.Chunk(HashLength).Concat(progress.BaseHash is { } settled ? [settled] : []))
        {
            if (await documents.FindAsync(db, progress.TenantId, hash, cancellationToken) is { } document)
            {
                found.Add(document);
            }
        }

        return found;
    }

    // Until it settles, whatever any begun document holds may be on the PC, and each of them is kept.
    private static void Begin(DeviceProgress progress, byte[] hash)
    {
        var isKnown = progress.BaseHash?.AsSpan().SequenceEqual(hash) == true || progress.BegunHashes.Chunk(HashLength).Any(begun => begun.AsSpan().SequenceEqual(hash));
        if (!isKnown)
        {
            progress.BegunHashes = [.. progress.BegunHashes, .. hash];
        }
    }
}
