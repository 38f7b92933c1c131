using System.Xml;
using Deskward.Protocol.Xml;

namespace Deskward.Protocol.Enrolment;

/// <summary>A refusal in SOAP 1.2 (MS-MDE2 2.2.6). Sent with HTTP status 500: with 200 Windows would look for a token and show 0x801900C8.</summary>
/// <param name="Kind">What went wrong.</param>
/// <param name="Message">A sentence that is safe to show to the person who enrols.</param>
/// <param name="TraceId">Logged on the PC; travels only with the kinds that are a DeviceEnrollmentServiceError. Null: none.</param>
public sealed record SoapFault(SoapFaultKind Kind, string Message, string? TraceId = null)
{
    private const string Detail = "DeviceEnrollmentServiceError";

    /// <summary>Set by <see cref="Read"/>: what this answers.</summary>
    public string? RelatesTo { get; init; }

    /// <param name="step">The step that is refused; its response action stands in the header.</param>
    /// <param name="relatesTo">MessageID of the request; null when not even that could be read (<see cref="SoapHeader.TryRead"/>).</param>
    /// <param name="activityId">Correlates with the log of the server; optional.</param>
    public byte[] Write(EnrolmentStep step, string? relatesTo, Guid? activityId = null) =>
        SoapWriter.Response(step, relatesTo, activityId, created: null, xml =>
        {
            Start(xml, "Fault");
            Start(xml, "Code");
            xml.Element("s", "Value", EnrolmentNames.Soap12, "s:Receiver");
            Start(xml, "Subcode");
            xml.Element("s", "Value", EnrolmentNames.Soap12, Kind.Subcode());
            xml.WriteEndElement();
            xml.WriteEndElement();
            Start(xml, "Reason");
            Start(xml, "Text");
            xml.WriteAttributeString("xml", "lang", null, "en-US");
            xml.WriteString(WireBytes.Clean(Message));
            xml.WriteEndElement();
            xml.WriteEndElement();
            if (Kind.HasDetail())
            {
                WriteDetail(xml);
            }
            xml.WriteEndElement();
        });

    /// <summary>Reads a fault; the code without regard to case, because servers differ in it.</summary>
    /// <exception cref="ProtocolException">No fault, or one of a kind that is not known. The only exception.</exception>
    public static SoapFault Read(ReadOnlyMemory<byte> message)
    {
        var (header, fault) = SoapEnvelope.Read(message, "Fault", EnrolmentNames.Soap12);
        var reason = Find(fault, "Reason", "Text")?.Text.Trim() ?? "";
        if (Find(fault, nameof(Detail), Detail) is { } detail)
        {
            return new SoapFault(Parse(Find(detail, "ErrorType")), Find(detail, nameof(Message))?.Text.Trim() ?? reason,
                Find(detail, nameof(TraceId))?.Text.Trim()) { RelatesTo = header.RelatesTo };
        }
        return new SoapFault(Parse(Find(fault, "Code", "Subcode", "Value")), reason) { RelatesTo = header.RelatesTo };
    }

    private static void Start(XmlWriter xml, string name) => xml.WriteStartElement("s", name, EnrolmentNames.Soap12);

    private void WriteDetail(XmlWriter xml)
    {
        Start(xml, nameof(Detail));
        xml.WriteStartElement(Detail, EnrolmentNames.Enrollment);
        xml.Element(null, "ErrorType", EnrolmentNames.Enrollment, Kind.ToString());
        xml.Element(null, nameof(Message), EnrolmentNames.Enrollment, Message);
        if (TraceId is not null)
        {
            xml.Element(null, nameof(TraceId), EnrolmentNames.Enrollment, TraceId);
        }
        xml.WriteEndElement();
        xml.WriteEndElement();
    }

    private static SoapFaultKind Parse(Element? element)
    {
        var text = element?.Text.Trim() ?? "";
        var name = text[(text.IndexOf(':', StringComparison.Ordinal) + 1)..];
        var kinds = Enum.GetValues<SoapFaultKind>().Where(kind => name.Equals(kind.ToString(), StringComparison.OrdinalIgnoreCase)).ToList();
        return kinds.Count == 1 ? kinds[0] : throw new ProtocolException($"The fault has the code '{text}', which is not known.");
    }

    private static Element? Find(Element? element, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
        {
            element = element?.Child(name);
        }
        return element;
    }
}
