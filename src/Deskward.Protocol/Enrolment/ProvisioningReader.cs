namespace Deskward.Protocol.Enrolment;

internal static class ProvisioningReader
{
    public static ProvisioningDocument Read(ReadOnlyMemory<byte> document) => throw new ProtocolException("Not read yet.");

    public static RenewalDocument ReadRenewal(ReadOnlyMemory<byte> document) => throw new ProtocolException("Not read yet.");
}
