using System.Globalization;

namespace Deskward.Platform.Portal;

/// <summary>
/// Reads what a page takes from its address. What cannot be read counts as absent and is named in <see cref="Ignored"/>, so that the page can
/// say so; nothing a person or a stranger writes there makes a page fail.
/// </summary>
public sealed class Query(IQueryCollection values, string path = "/")
{
    private readonly List<string> _ignored = [];

    /// <summary>The names whose values could not be used.</summary>
    public IReadOnlyList<string> Ignored => _ignored;

    /// <summary>Trimmed text without control characters; null when absent or empty.</summary>
    public string? Text(string name, int longest = 100)
    {
        var text = values[name].ToString();
        if (text.Length > longest || text.Any(char.IsControl))
        {
            _ignored.Add(name);
            return null;
        }

        return text.Trim() is { Length: > 0 } trimmed ? trimmed : null;
    }

    public int Number(string name, int otherwise, int least, int most)
    {
        var text = values[name].ToString();
        if (text.Length == 0)
        {
            return otherwise;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
        {
            return number;
        }

        _ignored.Add(name);
        return otherwise;
    }

    /// <summary>One of these words; the first when absent.</summary>
    public string Choice(string name, params ReadOnlySpan<string> choices)
    {
        var text = values[name].ToString();
        if (text.Length == 0)
        {
            return choices[0];
        }

        foreach (var choice in choices)
        {
            if (choice == text)
            {
                return choice;
            }
        }

        _ignored.Add(name);
        return choices[0];
    }

    public Guid? Id(string name)
    {
        var text = values[name].ToString();
        if (text.Length == 0)
        {
            return null;
        }

        if (Guid.TryParse(text, out var id))
        {
            return id;
        }

        _ignored.Add(name);
        return null;
    }

    /// <summary>A day (yyyy-MM-dd), as its first instant in UTC.</summary>
    public DateTimeOffset? Day(string name)
    {
        var text = values[name].ToString();
        if (text.Length == 0)
        {
            return null;
        }

        if (DateTimeOffset.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var day) && day.Year is > 2000 and < 3000)
        {
            return day.ToUniversalTime();
        }

        _ignored.Add(name);
        return null;
    }

    /// <summary>This address with some values replaced; a null value takes the name out. Changing anything but the page goes back to page one.</summary>
    public string With(params ReadOnlySpan<(string Name, object? Value)> changes)
    {
        var kept = values.Where(pair => pair.Key is not ("done" or "page")).ToDictionary(pair => pair.Key, pair => pair.Value.ToString(), StringComparer.Ordinal);
        foreach (var (name, value) in changes)
        {
            kept.Remove(name);
            if (Convert.ToString(value, CultureInfo.InvariantCulture) is { Length: > 0 } text)
            {
                kept[name] = text;
            }
        }

        return kept.Count == 0 ? path : path + "?" + string.Join('&', kept.Select(pair => Uri.EscapeDataString(pair.Key) + "=" + Uri.EscapeDataString(pair.Value)));
    }
}
