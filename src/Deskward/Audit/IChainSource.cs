namespace Deskward.Audit;

/// <summary>Where a chain is read from: the database (<see cref="DatabaseChain"/>) or a file that was exported (<see cref="FileChain"/>).</summary>
internal interface IChainSource : IAsyncDisposable
{
    /// <summary>Whose chain.</summary>
    Guid Tenant { get; }

    /// <summary>The organisation's name.</summary>
    string Name { get; }

    /// <summary>The keys whose signatures count here. In the database those that the service itself made; in a file those that it names.</summary>
    IReadOnlyList<PublicKey> Keys { get; }

    /// <summary>
    /// The rows as they stand, each checkpoint behind the row that it names, then what waits or strays. May be asked again, and shows the same then.
    /// </summary>
    /// <exception cref="BrokenLineException">A line of a file cannot be read.</exception>
    IAsyncEnumerable<ChainItem> ReadAsync(CancellationToken cancellationToken);
}

/// <summary>A line of an exported file that cannot be read, or an end that is not there.</summary>
internal sealed class BrokenLineException(string message, bool isEnd) : Exception(message)
{
    /// <summary>The file ends before it says that it does.</summary>
    internal bool IsEnd => isEnd;
}
