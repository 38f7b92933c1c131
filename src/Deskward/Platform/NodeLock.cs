namespace Deskward.Platform;

/// <summary>Keeps a second process off a SQLite database: one node only, by a lock on a file that the system frees when the process ends.</summary>
internal sealed class NodeLock : IDisposable
{
    private readonly FileStream _file;

    private NodeLock(FileStream file) => _file = file;

    /// <summary>Takes the lock; null on PostgreSQL, where any number of nodes may run.</summary>
    /// <exception cref="InvalidDataException">Another process holds it.</exception>
    internal static NodeLock? Take(ServiceSettings settings)
    {
        if (!settings.IsSqlite)
        {
            return null;
        }

        Directory.CreateDirectory(settings.Data);
        try
        {
            return new NodeLock(new FileStream(Path.Combine(settings.Data, "node.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException)
        {
            throw new InvalidDataException($"Another process serves {settings.Data}. SQLite takes one node; for several, use PostgreSQL.");
        }
    }

    public void Dispose() => _file.Dispose();
}
