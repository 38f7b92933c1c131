using System.Globalization;
using Deskward.Devices;
using Deskward.Platform;
using Deskward.Protocol.Enrolment;

namespace Deskward.Enrollment;

/// <summary>What a PC states about itself when it enrols. All are claims; all but DeviceID may be absent, odd or hostile.</summary>
internal static class DeviceFacts
{
    /// <returns>The registration; refused when the DeviceID is too long to be kept.</returns>
    internal static Outcome<DeviceRegistration> Read(IssueRequest request, Enroller enroller)
    {
        var id = request.DeviceId;
        return id.Length > IssueRequest.LongestDeviceId
            ? Refusal.Invalid($"DeviceID has {id.Length} characters; at most {IssueRequest.LongestDeviceId} are kept.")
            : new DeviceRegistration
            {
                TenantId = enroller.TenantId,
                PersonId = enroller.PersonId,
                UserAddress = enroller.Address,
                HardwareId = id.ToUpperInvariant(),
                HardwareHash = Text(request, "HWDevID", 128)?.ToUpperInvariant(),
                Name = Text(request, "DeviceName", 255) ?? id,
                IsDeviceEnrolment = request.EnrolmentType == EnrolmentType.Device,
                Manufacturer = Text(request, "Manufacturer", 200),
                Model = Text(request, "DeviceModel", 200),
                Serial = Text(request, "SerialNumber", 200),
                OsBuild = Build(Text(request, "OSVersion", 40)),
                Edition = int.TryParse(Text(request, "OSEdition", 9), NumberStyles.None, CultureInfo.InvariantCulture, out var edition) ? edition : null,
            };
    }

    private static string? Text(IssueRequest request, string name, int longest) => ReportedText.Clean(request.Fact(name), longest);

    /// <summary>Four numbers, such as 10.0.26200.9278; anything else is left for the first session to read.</summary>
    private static string? Build(string? text) => Version.TryParse(text, out var version) && version.Revision >= 0 ? version.ToString(4) : null;
}
