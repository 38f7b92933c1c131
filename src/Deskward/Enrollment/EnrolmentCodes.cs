using Deskward.Audit;
using Deskward.Identity;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;

namespace Deskward.Enrollment;

/// <summary>A code that was just made: the only time that its text is known.</summary>
public sealed record NewEnrolmentCode(Guid Id, string Code, DateTimeOffset ExpiresAt)
{
    /// <summary>Without the code: records are logged by accident.</summary>
    public override string ToString() => $"{nameof(NewEnrolmentCode)} {{ {nameof(Id)} = {Id} }}";
}

/// <summary>A code as pages show it.</summary>
public sealed record EnrolmentCodeView
{
    public required Guid Id { get; init; }

    public required Guid PersonId { get; init; }

    /// <summary>How many PCs may enrol with it.</summary>
    public required int Uses { get; init; }

    public required int Used { get; init; }

    public required string CreatedBy { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public required DateTimeOffset? RevokedAt { get; init; }
}

/// <summary>Makes, lists and revokes enrolment codes.</summary>
public sealed class EnrolmentCodes(DeskwardContext db, ServiceKey key, AuditTrail audit, TimeProvider time)
{
    public const int MostUses = 1000;
    public static readonly TimeSpan LongestLife = TimeSpan.FromDays(30);

    /// <summary>Makes a code for a person, whose organisation must be open. Saves.</summary>
    /// <param name="person">Who will type it.</param>
    /// <param name="uses">How many PCs may enrol with it, 1 to <see cref="MostUses"/>.</param>
    /// <param name="life">How long it can be used, one minute to <see cref="LongestLife"/>.</param>
    /// <param name="cancellationToken">Cancels; nothing is made then.</param>
    public async Task<Outcome<NewEnrolmentCode>> CreateAsync(Person person, int uses, TimeSpan life, CancellationToken cancellationToken)
    {
        if (Refuse(person, uses, life) is { } refusal)
        {
            return refusal;
        }

        var (now, text) = (time.Now(), CodeText.New());
        var code = new EnrolmentCode
        {
            TenantId = person.TenantId, PersonId = person.Id, CodeHash = CodeText.Hash(key, text), Uses = uses,
            CreatedBy = audit.Actor.Name, CreatedAt = now, ExpiresAt = now + life,
        };
        db.Add(code);
        audit.Record(code.TenantId, "enrolmentCode.add", code.Id, person.UserName ?? "", after: new { code.Uses, code.ExpiresAt });
        await db.SaveChangesAsync(cancellationToken);
        return new NewEnrolmentCode(code.Id, text, code.ExpiresAt);
    }

    /// <summary>Revokes a code of an open organisation; PCs that enrolled with it stay. Saves. Revoking again changes nothing.</summary>
    /// <returns>Null; or NotFound, or Conflict when it is being used at this moment.</returns>
    public async Task<Refusal?> RevokeAsync(Guid id, CancellationToken cancellationToken)
    {
        if (await db.Set<EnrolmentCode>().SingleOrDefaultAsync(row => row.Id == id, cancellationToken) is not { } code)
        {
            return Refusal.NotFound("enrolment code");
        }

        if (code.RevokedAt is not null)
        {
            return null;
        }

        code.RevokedAt = time.Now();
        code.Version++;
        var owner = await db.Set<Person>().Where(row => row.Id == code.PersonId).Select(row => row.UserName).SingleOrDefaultAsync(cancellationToken);
        audit.Record(code.TenantId, "enrolmentCode.revoke", code.Id, owner ?? "", before: new { code.Uses, code.Used }, after: new { code.RevokedAt });
        try
        {
            await db.SaveChangesAsync(cancellationToken);
            return null;
        }
        catch (DbUpdateConcurrencyException)
        {
            return Refusal.Conflict("A PC enrolled with this code at the same moment. Try again.");
        }
    }

    /// <summary>The codes of the open organisations, newest first.</summary>
    public Task<List<EnrolmentCodeView>> ListAsync(int skip, int take, CancellationToken cancellationToken) =>
        db.Set<EnrolmentCode>().OrderByDescending(row => row.CreatedAt).ThenByDescending(row => row.Id).Skip(skip).Take(take)
            .Select(row => new EnrolmentCodeView
            {
                Id = row.Id, PersonId = row.PersonId, Uses = row.Uses, Used = row.Used, CreatedBy = row.CreatedBy, CreatedAt = row.CreatedAt,
                ExpiresAt = row.ExpiresAt, RevokedAt = row.RevokedAt,
            }).ToListAsync(cancellationToken);

    private static Refusal? Refuse(Person person, int uses, TimeSpan life) =>
        !person.IsEnabled ? Refusal.NotAllowed($"{person.UserName} is disabled and may not enrol.")
        : uses is < 1 or > MostUses ? Refusal.Invalid($"A code is for 1 to {MostUses} PCs.")
        : life < TimeSpan.FromMinutes(1) || life > LongestLife ? Refusal.Invalid($"A code lives up to {LongestLife.TotalHours} hours.")
        : null;
}
