using System.Buffers;
using System.Text.Json;
using Deskward.Platform;

namespace Deskward.Audit;

/// <summary>Writes an organisation's whole trail as a file that can be verified without the service: JSON, one object a line.</summary>
public sealed class AuditExport
{
    private const int FlushAt = 1 << 16;
    private static readonly TimeSpan ChainedWithin = TimeSpan.FromMilliseconds(200);
    private readonly IServiceScopeFactory _scopes;
    private readonly Sealer _sealer;
    private readonly AuditCheckpoints _checkpoints;

    internal AuditExport(IServiceScopeFactory scopes, Sealer sealer, AuditCheckpoints checkpoints) => (_scopes, _sealer, _checkpoints) = (scopes, sealer, checkpoints);

    /// <summary>
    /// Writes the file: 1. an entry tells who exports, 2. what waits is chained, 3. one snapshot is read from here on, 4. its end is signed, 5. header, rows with the
    /// checkpoints behind them, end. Rows pass through; however many there are, few are in memory. A file without its end line is not whole.
    /// </summary>
    /// <param name="organisation">Whose trail; whoever asks must be allowed to see all of it.</param>
    /// <param name="actor">Who exports.</param>
    /// <param name="target">Where to.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public async Task WriteAsync(NamedOrganisation organisation, Actor actor, Stream target, CancellationToken cancellationToken)
    {
        await RecordAsync(organisation, actor, cancellationToken); // 1
        await using var chain = await SnapshotAsync(organisation, cancellationToken); // 2, 3
        var signed = await _checkpoints.SignAtAsync(organisation.Id, chain.Head, cancellationToken); // 4
        await using var keys = await DatabaseChain.OpenAsync(_scopes, organisation, cancellationToken);
        var lines = new LineWriter(target);
        lines.Add(new ExportLine // 5
        {
            Type = ExportLine.HeaderType, FormatName = ExportLine.Format, Organisation = organisation.Id, Name = organisation.Name, At = signed.At, Sequence = signed.Sequence,
            Keys = [.. keys.Keys.Select(key => new ExportKey(key.Id, key.Info))],
        });
        await foreach (var item in chain.ReadAsync(cancellationToken))
        {
            if (item is ChainRow or SignedCheckpoint)
            {
                lines.Add(item is ChainRow row ? ExportLine.Of(row) : ExportLine.Of((SignedCheckpoint)item));
                await lines.FlushAsync(FlushAt, cancellationToken);
            }
        }

        lines.Add(ExportLine.Of(signed));
        lines.Add(new ExportLine { Type = ExportLine.EndType, Sequence = signed.Sequence });
        await lines.FlushAsync(0, cancellationToken);
    }

    /// <summary>Chains what waits, signs the end, and tells it as the text of a checkpoint file; null when there is nothing to sign.</summary>
    public async Task<string?> CheckpointAsync(NamedOrganisation organisation, CancellationToken cancellationToken)
    {
        await _sealer.SealAsync(organisation.Id, cancellationToken);
        return await _checkpoints.FileAsync(organisation.Id, organisation.Name, cancellationToken);
    }

    private async Task RecordAsync(NamedOrganisation organisation, Actor actor, CancellationToken cancellationToken)
    {
        await using var scope = _scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<TenantScope>().Open(organisation.Id);
        var trail = scope.ServiceProvider.GetRequiredService<AuditTrail>();
        trail.Actor = actor;
        trail.Record(organisation.Id, "audit.export", organisation.Id, organisation.Name);
        await scope.ServiceProvider.GetRequiredService<DeskwardContext>().SaveChangesAsync(cancellationToken);
    }

    /// <summary>A snapshot whose chain tells of every erasure that the snapshot shows.</summary>
    private async Task<DatabaseChain> SnapshotAsync(NamedOrganisation organisation, CancellationToken cancellationToken)
    {
        while (true)
        {
            await _sealer.SealAsync(organisation.Id, cancellationToken);
            var chain = await DatabaseChain.OpenAsync(_scopes, organisation, cancellationToken);
            if (!await chain.HasWaitingErasureAsync(cancellationToken))
            {
                return chain;
            }

            await chain.DisposeAsync();
            await Task.Delay(ChainedWithin, cancellationToken);
        }
    }

    /// <summary>Gathers lines and writes them by large pieces.</summary>
    private sealed class LineWriter(Stream target)
    {
        private readonly ArrayBufferWriter<byte> _buffer = new(2 * FlushAt);

        internal void Add(ExportLine line)
        {
            using (var json = new Utf8JsonWriter(_buffer, new JsonWriterOptions { Encoder = ExportLine.Json.Encoder, SkipValidation = true }))
            {
                JsonSerializer.Serialize(json, line, ExportLine.Json);
            }

            _buffer.Write("\n"u8);
        }

        internal async Task FlushAsync(int at, CancellationToken cancellationToken)
        {
            if (_buffer.WrittenCount > at)
            {
                await target.WriteAsync(_buffer.WrittenMemory, cancellationToken);
                _buffer.ResetWrittenCount();
            }
        }
    }
}
