using System.Security.Cryptography;
using System.Text;
using Deskward.Platform;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Deskward.Devices;

/// <summary>
/// The digest credentials that a PC was given at its enrolment: Windows demands them in the provisioning document, and they prove who it is before
/// its first signed message and in the MD5 compatibility mode.
/// </summary>
public sealed class DeviceSecrets : ITenantOwned
{
    private const int SecretSize = 32;
    private const int NonceSize = 16;

    public Guid DeviceId { get; init; }

    public Guid TenantId { get; init; }

    /// <summary>What the PC proves itself with, wrapped.</summary>
    public byte[] WrappedClientSecret { get; set; } = [];

    /// <summary>What we could prove ourselves with, wrapped.</summary>
    public byte[] WrappedServerSecret { get; set; } = [];

    /// <summary>The nonce the PC must use next; raw bytes, which travel as base64. A new one is due with every session.</summary>
    public byte[] ClientNonce { get; set; } = [];

    /// <summary>The nonce we would use next; raw bytes.</summary>
    public byte[] ServerNonce { get; set; } = [];

    public int Version { get; set; }

    /// <summary>Name of the PC in its digest: LocName of its messages' Source.</summary>
    public string ClientName => DeviceId.ToString("D");

    /// <summary>What the PC proves itself with: a printable text.</summary>
    /// <exception cref="CryptographicException">The service key is not the one that wrapped it.</exception>
    public string ClientSecret(ServiceKey key) => Encoding.UTF8.GetString(key.Unwrap(WrappedClientSecret, Purpose("client")));

    /// <summary>What we could prove ourselves with: a printable text.</summary>
    /// <exception cref="CryptographicException">The service key is not the one that wrapped it.</exception>
    public string ServerSecret(ServiceKey key) => Encoding.UTF8.GetString(key.Unwrap(WrappedServerSecret, Purpose("server")));

    /// <summary>The nonce was used: it will not be taken a second time.</summary>
    /// <returns>The one that was used.</returns>
    public byte[] UseClientNonce()
    {
        var used = ClientNonce;
        ClientNonce = RandomNumberGenerator.GetBytes(NonceSize);
        Version++;
        return used;
    }

    /// <summary>Throws all four away and makes new ones.</summary>
    public void Renew(ServiceKey key)
    {
        WrappedClientSecret = key.Wrap(NewSecret(), Purpose("client"));
        WrappedServerSecret = key.Wrap(NewSecret(), Purpose("server"));
        ClientNonce = RandomNumberGenerator.GetBytes(NonceSize);
        ServerNonce = RandomNumberGenerator.GetBytes(NonceSize);
        Version++;
    }

    private static byte[] NewSecret() => Encoding.UTF8.GetBytes(Convert.ToBase64String(RandomNumberGenerator.GetBytes(SecretSize)));

    private string Purpose(string side) => $"device-{side}:{DeviceId}";
}

internal sealed class DeviceSecretsMapping : IEntityTypeConfiguration<DeviceSecrets>
{
    public void Configure(EntityTypeBuilder<DeviceSecrets> builder)
    {
        builder.ToTable("devices_secrets").HasKey(row => row.DeviceId);
        builder.Property(row => row.Version).IsConcurrencyToken();
        builder.Ignore(row => row.ClientName);
        builder.HasIndex(row => row.TenantId);
    }
}
