using System.Security.Cryptography;
using System.Threading.Channels;
using Deskward.Platform;
using Deskward.Platform.Duties;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Deskward.Tenants;

/// <summary>What must be unique in the whole service.</summary>
public enum ClashKind
{
    Domain,
    Address,
}

/// <summary>Something was refused because it is another organisation's, or nobody's to have. Belongs to the provider, who alone sees which.</summary>
public sealed class Clash : ITenantOwned
{
    /// <summary>How long the provider can look one up.</summary>
    internal static readonly TimeSpan KeptFor = TimeSpan.FromDays(90);

    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>The provider.</summary>
    public Guid TenantId { get; init; }

    /// <summary>What the one who was refused was told to name.</summary>
    public string RequestId { get; init; } = "";

    public DateTimeOffset At { get; init; }

    public ClashKind Kind { get; init; }

    /// <summary>The domain or address.</summary>
    public string Value { get; init; } = "";

    /// <summary>Who asked for it.</summary>
    public Guid AskedBy { get; init; }

    public string AskedByName { get; init; } = "";

    /// <summary>Whose it is; null: nobody can have it.</summary>
    public Guid? HeldBy { get; init; }
}

internal sealed class ClashMapping : IEntityTypeConfiguration<Clash>
{
    public void Configure(EntityTypeBuilder<Clash> builder)
    {
        builder.ToTable("tenants_clashes").HasKey(row => row.Id);
        builder.Property(row => row.RequestId).HasMaxLength(20);
        builder.Property(row => row.Kind).HasConversion<string>().HasMaxLength(20);
        builder.Property(row => row.Value).HasMaxLength(320);
        builder.Property(row => row.AskedByName).HasMaxLength(320);
        builder.HasIndex(row => new { row.TenantId, row.At });
        builder.HasIndex(row => new { row.TenantId, row.RequestId });
    }
}

/// <summary>
/// The one neutral refusal where uniqueness spans customers: it says neither whose it is nor why, only under which id the provider can look. What was
/// refused is written down with the provider apart from the work that was refused and is rolled back: after that work, and before the answer that names the
/// id leaves. Whatever the cause, the steps are the same, and so is their time.
/// </summary>
[Serves("platform.operation", DutyAction.Act)]
public sealed class Clashes(IServiceScopeFactory scopes, OrganisationList organisations, IHttpContextAccessor requests, TimeProvider time, ILogger<Clashes> log) : BackgroundService
{
    private const int MostWaiting = 10_000;
    private const int AtOnce = 200;
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(1);
    private const string Letters = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    private readonly SemaphoreSlim _one = new(1);
    private readonly Channel<Clash> _waiting = Channel.CreateBounded<Clash>(new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Refuses, and has it written down.</summary>
    /// <param name="asker">The organisation that asked.</param>
    /// <param name="name">Who asked for it.</param>
    /// <param name="kind">What for.</param>
    /// <param name="value">The very thing.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public async Task<Refusal> RefuseAsync(Guid asker, string name, ClashKind kind, string value, CancellationToken cancellationToken) =>
        Refusal.Conflict($"This cannot be used here. Ask your provider, and name the request {await NoteAsync(asker, name, kind, value, cancellationToken)}.");

    /// <summary>Has it written down, for whoever says the refusal in the words of a protocol.</summary>
    /// <returns>The id of the request.</returns>
    public async Task<string> NoteAsync(Guid asker, string name, ClashKind kind, string value, CancellationToken cancellationToken)
    {
        var request = RandomNumberGenerator.GetString(Letters, 10);
        if ((await organisations.AllAsync(cancellationToken)).FirstOrDefault(row => row.Kind == OrganisationKind.Provider) is { } provider)
        {
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<DeskwardContext>();
            var held = kind == ClashKind.Address ? await TenantLookup.PersonAsync(db, value.ToUpperInvariant(), cancellationToken) : await TenantLookup.DomainAsync(db, value, cancellationToken);
            _waiting.Writer.TryWrite(new Clash
            {
                TenantId = provider.Id, RequestId = request, At = time.Now(), Kind = kind, Value = value.Length > 320 ? value[..320] : value, AskedBy = asker, AskedByName = name, HeldBy = held?.TenantId,
            });
            WriteBeforeTheAnswer();
        }

        return request;
    }

    /// <summary>Writes what waits.</summary>
    internal async Task WriteAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            while (_waiting.Reader.TryPeek(out var first))
            {
                List<Clash> some = [];
                while (some.Count < AtOnce && _waiting.Reader.TryRead(out var clash))
                {
                    some.Add(clash);
                }

                await WriteAsync(first.TenantId, some, cancellationToken);
            }
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>What could not be written waits again.</summary>
    private async Task WriteAsync(Guid provider, List<Clash> clashes, CancellationToken cancellationToken)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            scope.ServiceProvider.GetRequiredService<TenantScope>().Open(provider);
            var db = scope.ServiceProvider.GetRequiredService<DeskwardContext>();
            db.AddRange(clashes);
            await db.SaveChangesAsync(cancellationToken);
        }
        catch
        {
            clashes.ForEach(clash => _waiting.Writer.TryWrite(clash));
            throw;
        }
    }

    /// <summary>
    /// The work that was refused has ended, and with it its transaction, when the answer begins. Should the database not take it then, it is tried again
    /// afterwards.
    /// </summary>
    private void WriteBeforeTheAnswer()
    {
        if (requests.HttpContext is { Response.HasStarted: false } context && context.Items.TryAdd(typeof(Clashes), null))
        {
            context.Response.OnStarting(() => TryWriteAsync(CancellationToken.None));
        }
    }

    public override void Dispose()
    {
        _one.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (await _waiting.Reader.WaitToReadAsync(stoppingToken))
            {
                await (await TryWriteAsync(stoppingToken) ? Task.CompletedTask : Task.Delay(Again, stoppingToken));
            }
        }
        catch (OperationCanceledException)
        {
            await TryWriteAsync(CancellationToken.None);
        }
    }

    /// <summary>False when it must be tried again.</summary>
    private async Task<bool> TryWriteAsync(CancellationToken cancellationToken)
    {
        try
        {
            await WriteAsync(cancellationToken);
            return true;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            await using var scope = scopes.CreateAsyncScope();
            if (!scope.ServiceProvider.GetRequiredService<DatabaseOutage>().Notice(exception))
            {
                TenantsLog.ClashNotWritten(log, exception);
            }

            return false;
        }
    }
}
