using System.Security.Cryptography;
using System.Text;
using Deskward.Protocol.SyncMl;

namespace Deskward.Protocol.Admx;

/// <summary>Whose policy a template defines.</summary>
[Flags]
public enum AdmxClass
{
    Machine = 1,
    User = 2,
    Both = 3,
}

/// <summary>What a person fills in of a policy.</summary>
public enum AdmxElementKind { Boolean, Enum, Number, Text, MultiText, List }

/// <summary>One element of a policy: what becomes a <c>data</c> element of its payload.</summary>
/// <param name="Id">Its id, as the payload must write it.</param>
/// <param name="Kind">What it takes.</param>
public sealed record AdmxElement(string Id, AdmxElementKind Kind)
{
    /// <summary>The values of an enumeration, as the payload must write them; empty when they are not known or it is none.</summary>
    public IReadOnlyList<string> Values { get; init; } = [];

    public long? Least { get; init; }

    public long? Most { get; init; }

    public int? LongestText { get; init; }

    /// <summary>A list of names with values of their own; otherwise a list's entries are numbered.</summary>
    public bool IsPairs { get; init; }
}

/// <summary>One policy of a template.</summary>
/// <param name="Name">Its name, as the address must write it.</param>
/// <param name="Class">Whose it is.</param>
/// <param name="Category">Names of the categories above it in this file, outermost first, joined by <c>~</c>; empty when there is none.</param>
/// <param name="Elements">What is filled in, in the order of the file.</param>
public sealed record AdmxPolicy(string Name, AdmxClass Class, string Category, IReadOnlyList<AdmxElement> Elements);

/// <summary>An administrative template (.admx), and how it is ingested: Policy CSP, Win32 and Desktop Bridge app policies.</summary>
/// <param name="Name">File name, with its extension.</param>
/// <param name="Text">The whole file as it is sent.</param>
/// <param name="Policies">Its policies, in the order of the file.</param>
public sealed record AdmxFile(string Name, string Text, IReadOnlyList<AdmxPolicy> Policies)
{
    /// <summary>Under what name its policies stand below Policy/Config: the file name without extension, reduced to what needs no encoding.</summary>
    public string AppName { get; } = AppNameOf(Name);

    /// <summary>
    /// Where it is ingested. The last name tells one content from another, because Windows takes a changed template only after the old one was
    /// deleted: the two are two nodes.
    /// </summary>
    public string IngestionPath => field ??= $"./Device/Vendor/MSFT/Policy/ConfigOperations/ADMXInstall/{AppName}/Policy/{AppName}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Text)).AsSpan(0, 4))}";

    /// <summary>The address of a policy.</summary>
    /// <param name="policy">A policy of this file.</param>
    /// <param name="ofUser">Of the signed-in user; otherwise of the PC.</param>
    public string PathOf(AdmxPolicy policy, bool ofUser) =>
        $"./{(ofUser ? "User" : "Device")}/Vendor/MSFT/Policy/Config/{AppName}~Policy{(policy.Category.Length == 0 ? "" : "~" + LocUri.Encode(policy.Category))}/{LocUri.Encode(policy.Name)}";

    private static string AppNameOf(string file)
    {
        var stem = file.EndsWith(".admx", StringComparison.OrdinalIgnoreCase) ? file[..^5] : file;
        var name = string.Concat(stem.Where(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '_' or '-')).Trim('.');
        return name.Length == 0 ? "Template" : name.Length > 60 ? name[..60] : name;
    }
}
