using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;

namespace Deskward.Platform;

/// <summary>Wraps the Data Protection ring, which lies in the database, by the service key, which does not.</summary>
internal static class KeyRingProtection
{
    private const string Purpose = "data-protection-ring";

    internal static IDataProtectionBuilder ProtectWithServiceKey(this IDataProtectionBuilder builder)
    {
        builder.Services.AddOptions<KeyManagementOptions>().Configure<ServiceKey>((options, key) => options.XmlEncryptor = new Encryptor(key));
        return builder;
    }

    private sealed class Encryptor(ServiceKey key) : IXmlEncryptor
    {
        public EncryptedXmlInfo Encrypt(XElement plaintextElement)
        {
            var wrapped = key.Wrap(System.Text.Encoding.UTF8.GetBytes(plaintextElement.ToString(SaveOptions.DisableFormatting)), Purpose);
            return new EncryptedXmlInfo(new XElement("wrapped", Convert.ToBase64String(wrapped)), typeof(Decryptor));
        }
    }

    /// <summary>Made by Data Protection by its name.</summary>
    internal sealed class Decryptor(IServiceProvider services) : IXmlDecryptor
    {
        public XElement Decrypt(XElement encryptedElement)
        {
            var key = services.GetRequiredService<ServiceKey>();
            return XElement.Parse(System.Text.Encoding.UTF8.GetString(key.Unwrap(Convert.FromBase64String(encryptedElement.Value), Purpose)));
        }
    }
}
