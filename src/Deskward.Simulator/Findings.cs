using System.Runtime.CompilerServices;

namespace Deskward.Simulator;

/// <summary>Collects violations. The text of one is put together only when the rule is broken, because every message is checked in whole.</summary>
internal sealed class Findings
{
    private readonly List<Violation> _all = [];

    public IReadOnlyList<Violation> All => _all;

    public void Need(bool holds, string rule, string detail)
    {
        if (!holds)
        {
            _all.Add(new Violation(rule, detail));
        }
    }

    public void Need(bool holds, string rule, [InterpolatedStringHandlerArgument(nameof(holds))] ref Detail detail)
    {
        if (!holds)
        {
            _all.Add(new Violation(rule, detail.ToText()));
        }
    }

    public void Add(string rule, string detail) => _all.Add(new Violation(rule, detail));

    [InterpolatedStringHandler]
    internal ref struct Detail
    {
        private DefaultInterpolatedStringHandler _text;

        public Detail(int literals, int holes, bool holds, out bool wanted)
        {
            wanted = !holds;
            _text = wanted ? new DefaultInterpolatedStringHandler(literals, holes) : default;
        }

        public void AppendLiteral(string text) => _text.AppendLiteral(text);

        public void AppendFormatted<T>(T value) => _text.AppendFormatted(value);

        public string ToText() => _text.ToStringAndClear();
    }
}
