using Deskward.Audit;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Deskward.Enrollment;

/// <summary>How the people of an organisation enrol PCs. No row: with an address and a code.</summary>
public sealed class EnrolmentChoice : ITenantOwned
{
    /// <summary>The organisation.</summary>
    public Guid TenantId { get; init; }

    /// <summary>Windows shows our sign-in page instead of asking for a code; codes are still taken from PCs that do not offer it.</summary>
    public bool IsBySignIn { get; set; }

    public int Version { get; set; }
}

internal sealed class EnrolmentChoiceMapping : IEntityTypeConfiguration<EnrolmentChoice>
{
    public void Configure(EntityTypeBuilder<EnrolmentChoice> builder)
    {
        builder.ToTable("enrollment_choices").HasKey(row => row.TenantId);
        builder.Property(row => row.Version).IsConcurrencyToken();
    }
}

/// <summary>Tells and keeps how an organisation enrols.</summary>
internal sealed class EnrolmentChoices(DeskwardContext db, TenantScope scope, AuditTrail audit)
{
    /// <summary>Whether PCs with an address of this domain enrol by sign-in. Opens the organisation of the domain; the same for every name in it.</summary>
    internal async Task<bool> IsBySignInAsync(string address, CancellationToken cancellationToken)
    {
        if (await TenantLookup.DomainAsync(db, CodeCheck.DomainOf(address), cancellationToken) is not { } found)
        {
            return false;
        }

        scope.Open(found.TenantId);
        return await db.Set<EnrolmentChoice>().AnyAsync(row => row.TenantId == found.TenantId && row.IsBySignIn, cancellationToken);
    }

    /// <summary>Changes how an open organisation enrols; saves.</summary>
    internal async Task ChooseAsync(Guid organisation, string name, bool isBySignIn, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.LockAsync($"enrolment-choice:{organisation}", cancellationToken);
        var row = await db.Set<EnrolmentChoice>().SingleOrDefaultAsync(row => row.TenantId == organisation, cancellationToken);
        if (row is null)
        {
            row = new EnrolmentChoice { TenantId = organisation };
            db.Add(row);
        }

        var before = row.IsBySignIn;
        if (before != isBySignIn)
        {
            row.IsBySignIn = isBySignIn;
            row.Version++;
            audit.Record(organisation, "enrolment.choose", organisation, name, new { IsBySignIn = before }, new { IsBySignIn = isBySignIn });
            await db.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }
    }
}
