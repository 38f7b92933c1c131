using Deskward.Platform;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Deskward.Certificates;

/// <summary>How long a PC's certificate counts, without the certificate. Members as in <see cref="IssuedCertificate"/>.</summary>
public sealed class CertificateTerm : IStandingView
{
    public Guid Id { get; init; }

    public Guid TenantId { get; init; }

    public Guid DeviceId { get; init; }

    public DateTimeOffset NotAfter { get; init; }

    public DateTimeOffset? RevokedAt { get; init; }
}

internal sealed class CertificateTermMapping : IEntityTypeConfiguration<CertificateTerm>
{
    public void Configure(EntityTypeBuilder<CertificateTerm> builder) => builder.IsViewOf("certificates_issued", "certificates_terms").HasKey(row => row.Id);
}
