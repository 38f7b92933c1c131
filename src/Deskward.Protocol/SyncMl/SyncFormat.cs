using System.Collections.Frozen;

namespace Deskward.Protocol.SyncMl;

/// <summary>The values of Meta/Format that OMA-DM knows (OMA-TS-DM_TND 1.2.1, 9.3.3).</summary>
public static class SyncFormat
{
    /// <summary>Text; what a missing Format means.</summary>
    public const string Text = "chr";
    public const string WholeNumber = "int";

    /// <summary><c>true</c> or <c>false</c>, lower case.</summary>
    public const string Boolean = "bool";

    /// <summary>Interior node: no Data.</summary>
    public const string Node = "node";
    public const string Null = "null";
    public const string Xml = "xml";
    public const string Base64 = "b64";
    public const string Binary = "bin";
    public const string Time = "time";
    public const string Date = "date";
    public const string RealNumber = "float";

    private static readonly FrozenSet<string> Known =
        FrozenSet.ToFrozenSet([Text, WholeNumber, Boolean, Node, Null, Xml, Base64, Binary, Time, Date, RealNumber], StringComparer.Ordinal);

    public static IReadOnlyCollection<string> All => Known;

    public static bool IsKnown(string format) => Known.Contains(format);
}
