using System.Security.Cryptography;
using Deskward.Platform;

namespace Deskward.Certificates;

internal static class CertificatesModule
{
    internal static void Add(IServiceCollection services, ServiceSettings settings)
    {
        services.AddSingleton(ServerReadiness.Check);
        services.AddSingleton<NewAuthorityKey>(() => RSA.Create(AuthorityMaker.KeyBits));
        services.AddSingleton<Authorities>();
        services.AddScoped<DeviceCertificates>();
        services.AddSingleton<ProxyCertificate>();
    }
}
