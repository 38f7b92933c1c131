using Deskward.Protocol.Intune;

namespace Deskward.Policies.Files;

/// <summary>What an import did with a policy.</summary>
public enum ImportResult
{
    /// <summary>It became a policy set.</summary>
    Made,

    /// <summary>The policy set that it is got a new version.</summary>
    NewVersion,

    /// <summary>It is as it was at its last import.</summary>
    Unchanged,

    /// <summary>Nothing of it could be taken; it is kept for when a template is supplied.</summary>
    Nothing,
}

/// <summary>A policy of a file, and what the import did with it.</summary>
/// <param name="Import">The row that keeps its report.</param>
/// <param name="PolicySet">The policy set that it is; null when there is none.</param>
/// <param name="Result">What was done.</param>
/// <param name="Policy">What was read.</param>
public sealed record ImportOutcome(Guid Import, Guid? PolicySet, ImportResult Result, ImportedPolicy Policy);

/// <summary>A file that was imported whole.</summary>
/// <param name="FileName">Its name.</param>
/// <param name="Policies">Its policies.</param>
/// <param name="Completed">Earlier imports that a template of it completed.</param>
public sealed record ImportedFile(string FileName, IReadOnlyList<ImportOutcome> Policies, IReadOnlyList<ImportOutcome> Completed);

/// <summary>A file to import.</summary>
/// <param name="Name">Its name without folder.</param>
/// <param name="Bytes">Its content.</param>
/// <param name="EntraTenant">The organisation's Entra tenant, which some paths hold; null when it is not known.</param>
public sealed record ImportFile(string Name, ReadOnlyMemory<byte> Bytes, Guid? EntraTenant = null)
{
    /// <summary>In the order in which several files are imported: templates first, because they complete the others.</summary>
    public static IEnumerable<ImportFile> InOrder(IEnumerable<ImportFile> files) => files.OrderBy(file => !ImportReader.IsTemplate(file.Bytes.Span));
}
