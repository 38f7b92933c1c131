namespace Deskward.Protocol.Csp;

/// <summary>The verdict on one line of a file of settings.</summary>
/// <param name="Line">Line number, from 1.</param>
/// <param name="Name">The name in the file.</param>
/// <param name="Verdict">Accepted or refused.</param>
public sealed record TsvVerdict(int Line, string Name, SettingVerdict Verdict);

/// <summary>What <c>catalogue check FILE.tsv</c> says.</summary>
public sealed record TsvReport(IReadOnlyList<TsvVerdict> Verdicts, int Accepted, int Refused)
{
    /// <summary>One line per verdict, and <c>N accepted, N refused</c> as the last.</summary>
    public void Write(TextWriter output) => throw new NotSupportedException();
}

/// <summary>Checks a file of settings: tab-separated name, path, value, with or without a heading line.</summary>
public static class TsvCheck
{
    public static TsvReport Run(TextReader input, Catalogue? catalogue = null) => throw new NotSupportedException();
}

/// <summary>What <c>catalogue show PATH</c> prints.</summary>
public static class CatalogueDescription
{
    public static void Write(CatalogueNode node, TextWriter output) => throw new NotSupportedException();
}
