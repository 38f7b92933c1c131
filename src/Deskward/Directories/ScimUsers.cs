using Deskward.Audit;
using Deskward.Identity;
using Deskward.Platform;
using Deskward.Protocol.Scim;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Directories;

/// <summary>Users over SCIM. Each is a person of the organisation; nobody but the directory changes what it owns of them.</summary>
internal sealed class ScimUsers(DeskwardContext db, ScimBase service, PeopleLife life, AuditTrail audit, TimeProvider time) : IScimStore
{
    private readonly UserReader _reader = new(db, service);

    public ScimResourceType Type => ScimSchemas.User;

    public async Task<ScimResource> FindAsync(string id, ScimQuery query, CancellationToken cancellationToken) =>
        (await _reader.ReadAsync([await RowAsync(id, cancellationToken)], cancellationToken))[0];

    /// <summary>
    /// One statement when all is well; a name that is taken is found by its failing. Somebody with that name whom nobody's directory owns yet is taken over:
    /// so a directory comes to people who were made by hand before it.
    /// </summary>
    public async Task<ScimResource> CreateAsync(ScimResource sent, ScimQuery query, CancellationToken cancellationToken)
    {
        ScimValidation.Check(sent);
        var stored = UserDocument.Stored(sent, wasActive: true);
        var person = new Person { TenantId = service.Tenant, SecurityStamp = Guid.CreateVersion7().ToString() };
        var row = Row(person.Id);
        UserDocument.Fill(row, stored);
        UserDocument.Fill(person, stored, await service.OrganisationAsync(cancellationToken));
        person.IsEnabled = row.IsActive;
        db.Add(person);
        Add(row, stored);
        audit.Record(person.TenantId, "person.add", person.Id, person.UserName!, after: UserReader.Told(person));
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException exception) when (DuplicateRow.Is(exception))
        {
            db.ChangeTracker.Clear();
            row = await AdoptAsync(stored, cancellationToken);
        }

        return (await _reader.ReadAsync([row], hasGroups: false, cancellationToken))[0];
    }

    /// <summary>1. the row as it is now, which nobody else changes meanwhile; 2. what it becomes; 3. the person after it; 4. whether enabled; 5. saved.</summary>
    public async Task<ScimResource> ChangeAsync(string id, Action<string> condition, Func<ScimResource, ScimOutcome> change, ScimQuery query, CancellationToken cancellationToken)
    {
        await using var transaction = await life.BeginAsync(service.Tenant, cancellationToken);
        var row = await RowAsync(id, cancellationToken); // 1
        condition(ScimVersion.Of(row.Version));
        var outcome = change((await _reader.ReadAsync([row], cancellationToken))[0]); // 2
        if (!outcome.Changed)
        {
            return outcome.Resource;
        }

        var stored = UserDocument.Stored(outcome.Resource, row.IsActive);
        var person = await db.Set<Person>().SingleAsync(one => one.Id == row.PersonId, cancellationToken);
        var (before, was, wasActive) = (UserReader.Told(person), ScimResource.FromStored(Type, row.Document), person.IsEnabled);
        UserDocument.Fill(row, stored);
        (row.ChangedAt, row.Version) = (time.Now(), row.Version + 1);
        UserDocument.Fill(person, stored, await service.OrganisationAsync(cancellationToken)); // 3
        person.ConcurrencyStamp = Guid.CreateVersion7().ToString();
        await ReplaceMailsAsync(row, stored, cancellationToken);
        if (row.IsActive != wasActive && await life.SetEnabledAsync(person, row.IsActive, cancellationToken) is { } refusal) // 4
        {
            throw ScimBase.Refused(refusal);
        }

        audit.Record(person.TenantId, "person.provision", person.Id, person.UserName!, before, UserReader.Told(person, UserReader.Changed(was, stored)));
        await SaveAsync(person.UserName!, cancellationToken); // 5
        await transaction.CommitAsync(cancellationToken);
        return (await _reader.ReadAsync([row], cancellationToken))[0];
    }

    public async Task DeleteAsync(string id, Action<string> condition, CancellationToken cancellationToken)
    {
        await using var transaction = await life.BeginAsync(service.Tenant, cancellationToken);
        var row = await RowAsync(id, cancellationToken);
        condition(ScimVersion.Of(row.Version));
        if (await life.RemoveAsync(await db.Set<Person>().SingleAsync(one => one.Id == row.PersonId, cancellationToken), cancellationToken) is { } refusal)
        {
            throw ScimBase.Refused(refusal);
        }

        await db.Set<DirectoryMail>().Where(mail => mail.PersonId == row.PersonId).ExecuteDeleteAsync(cancellationToken);
        db.Remove(row);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    public Task<ScimPage> ListAsync(ScimQuery query, ScimFilter? filter, int skip, int take, CancellationToken cancellationToken) =>
        new ScimSearch<DirectoryUser>(db.Set<DirectoryUser>().AsNoTracking(), UserColumns.Of(db), row => row.PersonId, _reader.ReadAsync)
            .RunAsync(filter, query.SortOf(Type), skip, take, cancellationToken);

    private async Task<DirectoryUser> RowAsync(string id, CancellationToken cancellationToken)
    {
        var person = ScimId.Read(id) ?? throw ScimBase.NotFound(Type);
        return await db.Set<DirectoryUser>().SingleOrDefaultAsync(row => row.PersonId == person, cancellationToken) ?? throw ScimBase.NotFound(Type);
    }

    private DirectoryUser Row(Guid person)
    {
        var now = time.Now();
        return new DirectoryUser { PersonId = person, TenantId = service.Tenant, CreatedAt = now, ChangedAt = now };
    }

    private void Add(DirectoryUser row, ScimResource stored)
    {
        db.Add(row);
        db.AddRange(UserDocument.Mails(row, stored));
    }

    private async Task<DirectoryUser> AdoptAsync(ScimResource stored, CancellationToken cancellationToken)
    {
        await using var transaction = await life.BeginAsync(service.Tenant, cancellationToken);
        var name = stored.Text("userName")!.Normalize().ToUpperInvariant();
        if (await db.Set<Person>().SingleOrDefaultAsync(one => one.NormalizedUserName == name && !one.IsFromDirectory, cancellationToken) is not { } person)
        {
            throw await TakenAsync(stored.Text("userName")!, cancellationToken);
        }

        var (row, before) = (Row(person.Id), UserReader.Told(person));
        UserDocument.Fill(row, stored);
        UserDocument.Fill(person, stored, await service.OrganisationAsync(cancellationToken));
        person.ConcurrencyStamp = Guid.CreateVersion7().ToString();
        Add(row, stored);
        if (await life.SetEnabledAsync(person, row.IsActive, cancellationToken) is { } refusal)
        {
            throw ScimBase.Refused(refusal);
        }

        audit.Record(person.TenantId, "person.adopt", person.Id, person.UserName!, before, UserReader.Told(person));
        await SaveAsync(person.UserName!, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return row;
    }

    private async Task ReplaceMailsAsync(DirectoryUser row, ScimResource stored, CancellationToken cancellationToken)
    {
        var (mails, known) = (UserDocument.Mails(row, stored), await db.Set<DirectoryMail>().Where(mail => mail.PersonId == row.PersonId).OrderBy(mail => mail.Number).ToListAsync(cancellationToken));
        if (!mails.Select(mail => (mail.Number, mail.Key)).SequenceEqual(known.Select(mail => (mail.Number, mail.Key))))
        {
            await db.Set<DirectoryMail>().Where(mail => mail.PersonId == row.PersonId).ExecuteDeleteAsync(cancellationToken);
            known.ForEach(mail => db.Entry(mail).State = EntityState.Detached);
            db.AddRange(mails);
        }
    }

    private async Task SaveAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException exception) when (DuplicateRow.Is(exception))
        {
            throw await TakenAsync(name, cancellationToken);
        }
    }

    /// <summary>The same whatever it is that stands in the way, so that nobody learns of other organisations' people.</summary>
    private async Task<ScimException> TakenAsync(string name, CancellationToken cancellationToken) =>
        new(ScimErrorType.Uniqueness, $"This userName is taken, or cannot be used here. Ask your provider, and name the request {await service.NoteTakenAsync(audit.Actor.Name, name, cancellationToken)}.");
}
