using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace Deskward.Audit;

/// <summary>A chain in an exported file: no database, no key file, no network.</summary>
internal sealed class FileChain : IChainSource
{
    private readonly string _file;

    private FileChain(string file, ExportLine header) => (_file, Tenant, Name, Keys) =
        (file, header.Organisation!.Value, header.Name ?? "", [.. header.Keys!.Select(key => new PublicKey(key.Id, key.PublicKey))]);

    public Guid Tenant { get; }

    public string Name { get; }

    public IReadOnlyList<PublicKey> Keys { get; }

    /// <exception cref="InvalidDataException">The file is not there, or its first line is not the header of an export.</exception>
    internal static async Task<FileChain> OpenAsync(string file, CancellationToken cancellationToken)
    {
        if (!File.Exists(file))
        {
            throw new InvalidDataException($"{file} does not exist.");
        }

        using var reader = new StreamReader(file, Strict);
        try
        {
            var header = Parse(await reader.ReadLineAsync(cancellationToken) ?? "");
            return header is { Type: ExportLine.HeaderType, FormatName: ExportLine.Format, Organisation: not null, Keys: not null }
                ? new FileChain(file, header)
                : throw new InvalidDataException($"{file} is no audit export that this version reads ({ExportLine.Format}).");
        }
        catch (Exception exception) when (exception is JsonException or DecoderFallbackException)
        {
            throw new InvalidDataException($"{file} is no audit export of Deskward, or its first line is damaged.");
        }
    }

    public async IAsyncEnumerable<ChainItem> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(_file, Strict, detectEncodingFromByteOrderMarks: false, 1 << 16);
        await reader.ReadLineAsync(cancellationToken);
        var isSigned = false;
        for (var number = 2; ; number++)
        {
            var line = await ReadLineAsync(reader, number, cancellationToken);
            if (line.Type == ExportLine.EndType)
            {
                // An export is signed at its end; whoever takes away the last rows must leave a checkpoint that does not fit, or none.
                if (!isSigned)
                {
                    throw new BrokenLineException("The file does not end with a checkpoint.", isEnd: true);
                }

                yield break;
            }

            var item = line.Item() ?? throw new BrokenLineException($"Line {number} of the file is neither a row nor a checkpoint, or lacks something.", isEnd: false);
            isSigned = item is SignedCheckpoint;
            yield return item;
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static Encoding Strict => new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static ExportLine Parse(string line) => JsonSerializer.Deserialize<ExportLine>(line, ExportLine.Json) ?? throw new JsonException();

    private static async ValueTask<ExportLine> ReadLineAsync(StreamReader reader, int number, CancellationToken cancellationToken)
    {
        try
        {
            return Parse(await reader.ReadLineAsync(cancellationToken) ?? throw new BrokenLineException("The file ends without its end line.", isEnd: true));
        }
        catch (Exception exception) when (exception is JsonException or DecoderFallbackException)
        {
            throw new BrokenLineException($"Line {number} of the file cannot be read.", isEnd: false);
        }
    }
}
