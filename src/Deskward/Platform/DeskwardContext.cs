using System.Globalization;
using System.Reflection;
using Deskward.Platform.Storage;
using Microsoft.AspNetCore.DataProtection.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Npgsql;

namespace Deskward.Platform;

/// <summary>
/// The one database context. Each module maps its own entities with an <see cref="IEntityTypeConfiguration{TEntity}"/> under the entity;
/// every entity that is <see cref="ITenantOwned"/> gets the named filter "tenant". Two empty subclasses key the two migration histories.
/// </summary>
public abstract class DeskwardContext(DbContextOptions options, TenantScope scope) : DbContext(options), IDataProtectionKeyContext
{
    internal const string TenantFilter = "tenant";
    private const int Many = 32;
    private readonly List<Change> _announced = [];
    private bool? _isSqlite;

    /// <summary>The organisations open to this context.</summary>
    public Guid[] OpenTenants => [.. scope.Ids];

    /// <summary>
    /// Whether so many are open that the filter leaves it to row-level security, which has the same list: PostgreSQL weighs each of a list's members with
    /// each plan (about 2 ms for 500), but not what it reads from its own setting. The filters read this and what follows anew for each query.
    /// </summary>
    private bool SeesMany => !IsSqlite && scope.Ids.Count + scope.Standing.Count > Many;

    private Guid[] FilteredOpen => SeesMany ? [] : OpenTenants;

    private Guid[] FilteredStanding => SeesMany ? [] : [.. scope.Standing];

    private Guid[] FilteredReadable => SeesMany ? [] : [.. scope.Readable];

    // What the provider publishes is read by whom any organisation is open to in full.
    private bool HasOpenTenant => scope.Ids.Count > 0;

    /// <summary>Keys of cookies and anti-forgery tokens, wrapped by the service key.</summary>
    public DbSet<DataProtectionKey> DataProtectionKeys => Set<DataProtectionKey>();

    /// <summary>
    /// The rows of the open organisations, for queries that walk along many of them: where one organisation is open, by equality instead of the filter's list,
    /// in which SQLite looks up each row. No other table of the same query is filtered either: it must be narrowed by these rows.
    /// </summary>
    internal IQueryable<T> Walked<T>()
        where T : class, ITenantOwned =>
        scope.Ids is [var only] && scope.Standing.Count == 0 ? Set<T>().IgnoreQueryFilters([TenantFilter]).Where(row => row.TenantId == only) : Set<T>();

    internal bool IsSqlite => _isSqlite ??= Database.IsSqlite(); // Kept: Entity Framework asks an assembly for its name each time.

    /// <summary>What is open to this context.</summary>
    internal TenantScope Scope => scope;

    /// <summary>Set where the same few statements come with every message of every PC: their plans are then kept (<see cref="KeptStatements"/>).</summary>
    internal bool KeepsStatements { get; set; }

    /// <summary>What PostgreSQL is told in one message with the next statement, and before it; empty once it was told.</summary>
    internal List<NpgsqlBatchCommand> Ahead { get; } = [];

    /// <summary>
    /// Has the database do what is surely followed by another statement of the same transaction: in one message with that on PostgreSQL, where this context <see cref="KeepsStatements"/>,
    /// at once otherwise.
    /// </summary>
    internal Task AheadAsync(FormattableString sql, CancellationToken cancellationToken)
    {
        if (!KeepsStatements || IsSqlite)
        {
            return Database.ExecuteSqlAsync(sql, cancellationToken);
        }

        var command = new NpgsqlBatchCommand(string.Format(CultureInfo.InvariantCulture, sql.Format, [.. Enumerable.Range(1, sql.ArgumentCount).Select(number => $"${number}")]));
        foreach (var value in sql.GetArguments())
        {
            command.Parameters.Add(new() { Value = value ?? DBNull.Value });
        }

        Ahead.Add(command);
        return Task.CompletedTask;
    }

    /// <summary>
    /// Tells all nodes, when the current work commits, that a row which nodes may cache has changed. It is sent by the next
    /// <see cref="SaveChangesAsync(bool, CancellationToken)"/>, in its transaction.
    /// </summary>
    public void Announce(Change change) => _announced.Add(change);

    /// <summary>
    /// Keeps one connection for the queries until the answer is disposed: opening one costs a round trip each time. Which organisations are open
    /// must not change meanwhile.
    /// </summary>
    public async Task<IAsyncDisposable> HoldConnectionAsync(CancellationToken cancellationToken)
    {
        await Database.OpenConnectionAsync(cancellationToken);
        return new HeldConnection(this);
    }

    /// <inheritdoc/>
    public override async Task<int> SaveChangesAsync(bool acceptAllChangesOnSuccess, CancellationToken cancellationToken = default)
    {
        try
        {
            RefuseForeignRows();
            return _announced.Count == 0 ? await base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken) : await SaveAndTellAsync(acceptAllChangesOnSuccess, cancellationToken);
        }
        finally
        {
            ChangeTracker.AutoDetectChangesEnabled = true;
        }
    }

    // Rows are told of in the transaction that they are saved in.
    private async Task<int> SaveAndTellAsync(bool acceptAllChangesOnSuccess, CancellationToken cancellationToken)
    {
        var own = Database.CurrentTransaction is null ? await Database.BeginTransactionAsync(cancellationToken) : null;
        await using (own)
        {
            var written = await base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken);
            var changes = _announced.ToArray();
            _announced.Clear();
            await ChangeFeed.SendAsync(this, changes, cancellationToken);
            if (own is not null)
            {
                await own.CommitAsync(cancellationToken);
            }

            return written;
        }
    }

    /// <summary>
    /// What row-level security refuses on PostgreSQL is refused here on either engine: a row of an organisation that is not open. What was changed is
    /// looked for once, here; the saving that follows need not.
    /// </summary>
    private void RefuseForeignRows()
    {
        ChangeTracker.DetectChanges();
        ChangeTracker.AutoDetectChangesEnabled = false;
        foreach (var entry in ChangeTracker.Entries<ITenantOwned>())
        {
            if (entry.State is not (EntityState.Unchanged or EntityState.Detached) && !scope.Ids.Contains(entry.Entity.TenantId))
            {
                throw new InvalidOperationException($"A row of {entry.Metadata.DisplayName()} belongs to an organisation that is not open.");
            }
        }
    }

    /// <inheritdoc/>
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) =>
        Instants.Use(configurationBuilder, this is SqliteContext);

    /// <inheritdoc/>
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.ApplyConfigurationsFromAssembly(Assembly.GetExecutingAssembly());
        SearchText.Map(modelBuilder, this is SqliteContext);
        modelBuilder.Entity<DataProtectionKey>().ToTable("platform_data_protection_keys");
        var filter = typeof(DeskwardContext).GetMethod(nameof(FilterByTenant), BindingFlags.NonPublic | BindingFlags.Instance)!;
        var standingFilter = typeof(DeskwardContext).GetMethod(nameof(FilterByStanding), BindingFlags.NonPublic | BindingFlags.Instance)!;
        var publishedFilter = typeof(DeskwardContext).GetMethod(nameof(FilterByPublication), BindingFlags.NonPublic | BindingFlags.Instance)!;
        foreach (var entity in modelBuilder.Model.GetEntityTypes().Where(type => type.ClrType.IsAssignableTo(typeof(ITenantOwned))).ToArray())
        {
            var own = entity.ClrType.IsAssignableTo(typeof(IStandingReadable)) ? standingFilter : entity.ClrType.IsAssignableTo(typeof(IPublishable)) ? publishedFilter : filter;
            own.MakeGenericMethod(entity.ClrType).Invoke(this, [modelBuilder]);
        }

        var viewFilter = typeof(DeskwardContext).GetMethod(nameof(FilterView), BindingFlags.NonPublic | BindingFlags.Instance)!;
        foreach (var entity in StandingViews.Of((IModel)modelBuilder.Model).ToArray())
        {
            viewFilter.MakeGenericMethod(entity.ClrType).Invoke(this, [modelBuilder]);
        }
    }

    private void FilterByTenant<T>(ModelBuilder modelBuilder)
        where T : class, ITenantOwned =>
        modelBuilder.Entity<T>().HasQueryFilter(TenantFilter, row => SeesMany || FilteredOpen.Contains(row.TenantId));

    private void FilterByStanding<T>(ModelBuilder modelBuilder)
        where T : class, IStandingReadable =>
        modelBuilder.Entity<T>().HasQueryFilter(TenantFilter, row => SeesMany || FilteredOpen.Contains(row.TenantId) || FilteredStanding.Contains(row.TenantId));

    private void FilterByPublication<T>(ModelBuilder modelBuilder)
        where T : class, IPublishable =>
        modelBuilder.Entity<T>().HasQueryFilter(TenantFilter, row => SeesMany || FilteredOpen.Contains(row.TenantId) || (row.IsPublished && HasOpenTenant));

    private void FilterView<T>(ModelBuilder modelBuilder)
        where T : class, IStandingView =>
        modelBuilder.Entity<T>().HasQueryFilter(TenantFilter, row => SeesMany || FilteredReadable.Contains(row.TenantId));

    private sealed class HeldConnection(DeskwardContext db) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => new(db.Database.CloseConnectionAsync());
    }
}

/// <summary>The context on SQLite.</summary>
public sealed class SqliteContext(DbContextOptions<SqliteContext> options, TenantScope scope) : DeskwardContext(options, scope);

/// <summary>The context on PostgreSQL.</summary>
public sealed class PostgresContext(DbContextOptions<PostgresContext> options, TenantScope scope) : DeskwardContext(options, scope)
{
    /// <inheritdoc/>
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        base.ConfigureConventions(configurationBuilder);

        // By code point, as on SQLite, whatever the database was made with: texts are folded before they are stored, and an index finds beginnings.
        configurationBuilder.Properties<string>().UseCollation("C");
    }
}
