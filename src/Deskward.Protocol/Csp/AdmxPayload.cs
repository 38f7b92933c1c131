using System.Globalization;
using System.Text;
using Deskward.Protocol.Xml;

namespace Deskward.Protocol.Csp;

/// <summary>
/// The value of an ADMX-backed policy: <c>&lt;enabled/&gt;</c> or <c>&lt;disabled/&gt;</c>, then <c>&lt;data id="" value=""/&gt;</c> elements. Read by hand
/// rather than as XML, because it has no root element and because a person needs to hear which quote is too many.
/// </summary>
/// <param name="IsEnabled">Which of the two.</param>
/// <param name="Data">Ids and decoded values in their order; U+F000 separates the entries of a list.</param>
internal sealed record AdmxPayload(bool IsEnabled, IReadOnlyList<KeyValuePair<string, string>> Data)
{
    /// <summary>Reads a payload; tags and attribute names in any case.</summary>
    /// <param name="text">The payload, entities not yet resolved.</param>
    /// <param name="error">What is wrong and where; null when it is read.</param>
    public static AdmxPayload? Parse(string text, out string? error)
    {
        var reader = new Reader(text);
        var payload = reader.ReadPayload();
        error = payload is null ? reader.Error : null;
        return payload;
    }

    /// <summary>The one spelling that we send.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(IsEnabled ? "<enabled/>" : "<disabled/>");
        foreach (var (id, value) in Data)
        {
            Append(text.Append("<data id=\""), id);
            Append(text.Append("\" value=\""), value);
            text.Append("\"/>");
        }
        return text.ToString();
    }

    /// <summary>Whether two payloads mean the same; the order of the data elements does not matter.</summary>
    public bool Means(AdmxPayload other)
    {
        if (IsEnabled != other.IsEnabled || Data.Count != other.Data.Count)
        {
            return false;
        }
        var values = other.Data.ToDictionary(StringComparer.OrdinalIgnoreCase);
        return Data.All(one => values.TryGetValue(one.Key, out var value)
            && (value == one.Value || (IsBoolean(value) && value.Equals(one.Value, StringComparison.OrdinalIgnoreCase))));
    }

    private static bool IsBoolean(string value) =>
        value.Equals("true", StringComparison.OrdinalIgnoreCase) || value.Equals("false", StringComparison.OrdinalIgnoreCase);

    private static void Append(StringBuilder text, string value)
    {
        foreach (var one in value)
        {
            _ = one switch
            {
                '&' => text.Append("&amp;"),
                '<' => text.Append("&lt;"),
                '>' => text.Append("&gt;"),
                '"' => text.Append("&quot;"),
                '\uF000' => text.Append("&#xF000;"),
                < ' ' => text.Append(CultureInfo.InvariantCulture, $"&#x{(int)one:X};"),
                _ => text.Append(one),
            };
        }
    }

    private sealed class Reader(string text)
    {
        private int _at;

        public string? Error { get; private set; }

        public AdmxPayload? ReadPayload()
        {
            SkipSpace();
            var isEnabled = TryTag("enabled");
            if (!isEnabled && !TryTag("disabled"))
            {
                return Fail("it must begin with <enabled/> or <disabled/>");
            }
            var state = isEnabled ? "enabled" : "disabled";
            SkipSpace();
            if (!TryClose(state))
            {
                return Fail($"<{state} must end with />");
            }
            var data = new List<KeyValuePair<string, string>>();
            var ids = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
            for (SkipSpace(); _at < text.Length; SkipSpace())
            {
                if (ReadData() is not { } one)
                {
                    return null;
                }
                if (!ids.Add(one.Key))
                {
                    return Fail($"the data id '{one.Key}' stands twice");
                }
                data.Add(one);
            }
            return new AdmxPayload(isEnabled, data);
        }

        private KeyValuePair<string, string>? ReadData()
        {
            if (!TryTag("data"))
            {
                Fail("""only <data id="..." value="..."/> may follow""");
                return null;
            }
            string? id = null;
            string? value = null;
            while (true)
            {
                var spaced = SkipSpace();
                if (TryClose("data"))
                {
                    break;
                }
                if (_at < text.Length && text[_at] is '"' or '\'' && !spaced)
                {
                    Fail("a quote too many: the attribute before it is closed already");
                    return null;
                }
                if (ReadAttribute() is not { } attribute)
                {
                    return null;
                }
                if ((attribute.Key == "id" ? id : value) is not null)
                {
                    Fail($"the attribute {attribute.Key} stands twice");
                    return null;
                }
                (id, value) = attribute.Key == "id" ? (attribute.Value, value) : (id, attribute.Value);
            }
            if (string.IsNullOrEmpty(id) || value is null)
            {
                Fail(string.IsNullOrEmpty(id) ? "a data element has no id" : $"the data element '{id}' has no value");
                return null;
            }
            return KeyValuePair.Create(id, value);
        }

        private KeyValuePair<string, string>? ReadAttribute()
        {
            var start = _at;
            while (_at < text.Length && char.IsAsciiLetter(text[_at]))
            {
                _at++;
            }
            var name = text[start.._at].ToLowerInvariant();
            if (name is not ("id" or "value"))
            {
                _at = start;
                Fail("a data element has the attributes id and value and must end with />");
                return null;
            }
            SkipSpace();
            if (!TryChar('='))
            {
                Fail($"the attribute {name} has no =");
                return null;
            }
            SkipSpace();
            if (_at >= text.Length || text[_at] is not ('"' or '\''))
            {
                Fail($"the value of {name} is not in quotes");
                return null;
            }
            return ReadQuoted() is { } value ? KeyValuePair.Create(name, value) : null;
        }

        private string? ReadQuoted()
        {
            var quote = text[_at];
            var end = text.IndexOf(quote, _at + 1);
            var raw = end < 0 ? "" : text[(_at + 1)..end];
            if (end < 0 || raw.Contains('<', StringComparison.Ordinal))
            {
                Fail("a quote is missing: an attribute is never closed");
                return null;
            }
            if (Decode(raw) is not { } value)
            {
                Fail("an & that begins no entity; write &amp;");
                return null;
            }
            _at = end + 1;
            return value;
        }

        private bool TryTag(string name)
        {
            var end = _at + 1 + name.Length;
            if (end > text.Length || text[_at] != '<' || !text.AsSpan(_at + 1, name.Length).Equals(name, StringComparison.OrdinalIgnoreCase)
                || (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] is '_' or '-' or '.')))
            {
                return false;
            }
            _at = end;
            return true;
        }

        private bool TryClose(string name)
        {
            var start = _at;
            if (TryChar('/') && TryChar('>'))
            {
                return true;
            }
            _at = start;
            if (TryChar('>'))
            {
                SkipSpace();
                if (TryChar('<') && TryChar('/') && text.AsSpan(_at).StartsWith(name, StringComparison.OrdinalIgnoreCase))
                {
                    _at += name.Length;
                    SkipSpace();
                    if (TryChar('>'))
                    {
                        return true;
                    }
                }
            }
            _at = start;
            return false;
        }

        private bool TryChar(char one)
        {
            if (_at < text.Length && text[_at] == one)
            {
                _at++;
                return true;
            }
            return false;
        }

        private bool SkipSpace()
        {
            var start = _at;
            while (_at < text.Length && text[_at] is ' ' or '\t' or '\r' or '\n')
            {
                _at++;
            }
            return _at > start;
        }

        private AdmxPayload? Fail(string what)
        {
            Error ??= string.Create(CultureInfo.InvariantCulture, $"{what} (character {_at + 1})");
            return null;
        }

        private static string? Decode(string raw)
        {
            if (!raw.Contains('&', StringComparison.Ordinal))
            {
                return raw;
            }
            var value = new StringBuilder(raw.Length);
            for (var at = 0; at < raw.Length; at++)
            {
                var end = raw[at] == '&' ? raw.IndexOf(';', at) : at;
                if (end < 0 || (end > at && !TryEntity(raw.AsSpan(at + 1, end - at - 1), value)))
                {
                    return null;
                }
                if (end == at)
                {
                    value.Append(raw[at]);
                }
                at = end;
            }
            return value.ToString();
        }

        private static bool TryEntity(ReadOnlySpan<char> name, StringBuilder value)
        {
            var known = name switch { "amp" => '&', "lt" => '<', "gt" => '>', "quot" => '"', "apos" => '\'', _ => '\0' };
            if (known != '\0')
            {
                value.Append(known);
                return true;
            }
            var isHex = name.StartsWith("#x");
            if (!name.StartsWith("#") || !int.TryParse(name[(isHex ? 2 : 1)..], isHex ? NumberStyles.AllowHexSpecifier : NumberStyles.None,
                CultureInfo.InvariantCulture, out var number) || !Rune.IsValid(number) || !XmlCharacters.IsAllowed(number))
            {
                return false;
            }
            value.Append(new Rune(number).ToString());
            return true;
        }
    }
}
