using System.Text;
using System.Xml.Linq;

namespace Deskward.RawClient;

/// <summary>What came back, as bytes, and looked into by local names only.</summary>
public sealed record RawAnswer(int Status, long? ContentLength, bool? IsChunked, string? ContentType, byte[] Body)
{
    private XElement Root => XDocument.Parse(Encoding.UTF8.GetString(Body)).Root!;

    public static async Task<RawAnswer> ReadAsync(HttpResponseMessage response)
    {
        var body = await response.Content.ReadAsByteArrayAsync();
        return new RawAnswer(
            (int)response.StatusCode, response.Content.Headers.ContentLength, response.Headers.TransferEncodingChunked, response.Content.Headers.ContentType?.ToString(), body);
    }

    /// <summary>The text of the one element with this local name.</summary>
    public string Text(string name) => Root.Descendants().Single(element => element.Name.LocalName == name).Value;

    /// <summary>The innermost code of a fault, such as <c>Authentication</c>: the error type where there is one, else the subcode without prefix.</summary>
    public string Fault() => Root.Descendants().FirstOrDefault(element => element.Name.LocalName == "ErrorType")?.Value
        ?? Root.Descendants().Single(element => element.Name.LocalName == "Subcode").Value.Split(':')[1];

    /// <summary>What the person reads.</summary>
    public string FaultText() => Root.Descendants().Single(element => element.Name.LocalName == "Reason").Value;

    /// <summary>The provisioning document, as bytes.</summary>
    public byte[] Document() => Convert.FromBase64String(Text("BinarySecurityToken"));

    /// <summary>The one value at this path of characteristics, ending in a parm.</summary>
    public string? Parm(params string[] path)
    {
        var node = XDocument.Parse(Encoding.UTF8.GetString(Document())).Root!;
        foreach (var type in path[..^1])
        {
            node = node.Elements("characteristic").Single(element => element.Attribute("type")!.Value == type || type == "*");
        }

        return node.Elements("parm").Single(element => element.Attribute("name")!.Value == path[^1]).Attribute("value")?.Value;
    }

    /// <summary>The issued certificate: the only one that stands in a store of My.</summary>
    public byte[] IssuedCertificate()
    {
        var my = XDocument.Parse(Encoding.UTF8.GetString(Document())).Descendants("characteristic").Single(element => element.Attribute("type")!.Value == "My");
        return Convert.FromBase64String(my.Descendants("parm").Single(element => element.Attribute("name")!.Value == "EncodedCertificate").Attribute("value")!.Value);
    }
}
