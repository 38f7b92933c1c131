using System.Text;
using Deskward.Platform;

namespace Deskward.Registration;

/// <summary>A line of a registration file. What is wrong with it alone is told in it; the others are not held up by it.</summary>
/// <param name="Line">Its number.</param>
/// <param name="Serial">The serial number, as it stands.</param>
internal sealed record RegistrationLine(int Line, string Serial)
{
    internal string? Manufacturer { get; init; }

    internal string? Model { get; init; }

    internal string? Hash { get; init; }

    internal string? GroupTag { get; init; }

    internal string? AssignedUser { get; init; }

    /// <summary>Where each cell begins, by heading.</summary>
    internal IReadOnlyDictionary<string, int> Columns { get; init; } = new Dictionary<string, int>();
}

/// <summary>
/// The files that makers and scripts write, by the published rules: ANSI text, one of the published lines of headings to the letter, no quotation marks, no
/// further columns. A file that breaks one of them is refused as a whole, with line and column.
/// </summary>
internal static class RegistrationFile
{
    internal const int MostLines = 1000;
    internal const int MostBytes = 8 * 1024 * 1024;
    internal const string Serial = "Serial Number";
    internal const string ScriptSerial = "Device Serial Number";
    internal const string Hash = "Hardware Hash";
    internal const string Tag = "Group Tag";
    internal const string User = "Assigned User";

    /// <summary>The published headings: for self-service, for partners, and of the capture script with what it may add.</summary>
    internal static readonly string[][] Headings =
    [
        ["Manufacturer", "Model", Serial, Hash],
        ["Manufacturer", "Model", Serial],
        [ScriptSerial, "Windows Product ID", Hash],
        [ScriptSerial, "Windows Product ID", Hash, Tag],
        [ScriptSerial, "Windows Product ID", Hash, User],
        [ScriptSerial, "Windows Product ID", Hash, Tag, User],
    ];

    /// <returns>The lines; or Invalid with line and column of the first thing that breaks a rule of the file.</returns>
    internal static Outcome<IReadOnlyList<RegistrationLine>> Read(ReadOnlyMemory<byte> file)
    {
        if (file.Length > MostBytes)
        {
            return Refusal.Invalid($"The file has more than {MostBytes / 1024 / 1024} MB.");
        }

        if (RefuseBytes(file.Span) is { } odd)
        {
            return odd;
        }

        var lines = Encoding.Latin1.GetString(file.Span).Split('\n').Select(line => line.TrimEnd('\r')).ToList();
        var heading = HeadingOf(lines[0]);
        if (heading.IsRefused)
        {
            return heading.Refusal;
        }

        List<RegistrationLine> read = [];
        foreach (var (at, line) in lines.Index().Skip(1).Where(pair => pair.Item.Length > 0))
        {
            var cells = line.Split(',');
            if (cells.Length > heading.Value.Length)
            {
                return At(at + 1, cells.Take(heading.Value.Length).Sum(cell => cell.Length + 1) + 1, $"there is a cell more than the {heading.Value.Length} headings.");
            }

            if (cells.Length < heading.Value.Length)
            {
                return At(at + 1, line.Length + 1, $"the cell of '{heading.Value[cells.Length]}' is missing.");
            }

            read.Add(LineOf(at + 1, heading.Value, cells));
        }

        return read.Count is > 0 and <= MostLines ? read : Refusal.Invalid($"The file must have 1 to {MostLines} lines below the headings; it has {read.Count}.");
    }

    /// <summary>Quotation marks, control characters, and what only Unicode has.</summary>
    private static Refusal? RefuseBytes(ReadOnlySpan<byte> bytes)
    {
        if (bytes is [0xEF, 0xBB, 0xBF, ..] or [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..])
        {
            return At(1, 1, "the file is Unicode. Save it as ANSI text.");
        }

        var (line, column) = (1, 1);
        for (var at = 0; at < bytes.Length; at++)
        {
            var one = bytes[at];
            if (one == '\n')
            {
                (line, column) = (line + 1, 1);
                continue;
            }

            if (one is (byte)'"' or (byte)'\'')
            {
                return At(line, column, "there is a quotation mark. Save the file without them.");
            }

            if (one >= 0xC2 && Rune.DecodeFromUtf8(bytes[at..], out _, out var length) == System.Buffers.OperationStatus.Done && length > 1)
            {
                return At(line, column, "the file is Unicode. Save it as ANSI text.");
            }

            if (one is (< 0x20 and not (byte)'\r') or 0x7F or (>= 0x80 and < 0xA0))
            {
                return At(line, column, "there is a character that is no text.");
            }

            column++;
        }

        return null;
    }

    private static Outcome<string[]> HeadingOf(string line)
    {
        var cells = line.Split(',');
        if (Array.Find(Headings, heading => heading.AsSpan().SequenceEqual(cells)) is { } known)
        {
            return known;
        }

        // The one that goes on as published for longest tells best what is wrong.
        var nearest = Headings.MaxBy(heading => heading.Zip(cells).TakeWhile(pair => pair.First == pair.Second).Count())!;
        var right = nearest.Zip(cells).TakeWhile(pair => pair.First == pair.Second).Count();
        var column = cells.Take(right).Sum(cell => cell.Length + 1) + 1;
        return right == cells.Length ? At(1, column, $"the heading '{nearest[right]}' is missing.")
            : right == nearest.Length ? At(1, column, $"the heading '{Cut(cells[right])}' is none of the published ones.")
            : At(1, column, $"the heading must be '{nearest[right]}', to the letter; it is '{Cut(cells[right])}'.");
    }

    private static RegistrationLine LineOf(int number, string[] heading, string[] cells)
    {
        var (byName, columns, column) = (new Dictionary<string, string>(), new Dictionary<string, int>(), 1);
        foreach (var (name, cell) in heading.Zip(cells))
        {
            (byName[name], columns[name]) = (cell.Trim(), column);
            column += cell.Length + 1;
        }

        return new RegistrationLine(number, byName.GetValueOrDefault(Serial) ?? byName[ScriptSerial])
        {
            Manufacturer = Known("Manufacturer"), Model = Known("Model"), Hash = Known(Hash), GroupTag = Known(Tag), AssignedUser = Known(User), Columns = columns,
        };

        string? Known(string name) => byName.TryGetValue(name, out var text) && text.Length > 0 ? text : null;
    }

    private static string Cut(string text) => text.Length > 40 ? text[..40] : text;

    private static Refusal At(int line, int column, string what) => Refusal.Invalid($"Line {line}, column {column}: {what}");
}
