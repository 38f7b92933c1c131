namespace Deskward.DesiredState;

/// <summary>What became of one assignment's wish for a path.</summary>
public enum WishFate
{
    /// <summary>Its value is the one that is sent.</summary>
    Holds,

    /// <summary>It wants the same value as the one that holds.</summary>
    Agrees,

    /// <summary>A higher layer overrode it, as it was allowed to.</summary>
    Overridden,

    /// <summary>A lower layer stands: this is a conflict.</summary>
    Refused,

    /// <summary>Another assignment in the same layer wants another value: neither is sent.</summary>
    Disputed,
}

/// <summary>One assignment's wish for a path.</summary>
/// <param name="From">The assignment.</param>
/// <param name="Index">Which of its settings.</param>
internal readonly record struct Wish(AssignedSettings From, int Index)
{
    internal PolicySetting Setting => From.Settings[Index];
}

/// <summary>
/// Decides one path. Layers are walked lowest first: a layer may add; it overrides only what all below mark as overridable; an exception
/// overrides what it names; otherwise the lowest layer stands; in one layer with different values neither is sent.
/// </summary>
internal sealed class Ruling
{
    private readonly Wish[] _wishes;
    private readonly WishFate[] _fates;
    private bool _isOverridable;

    private Ruling(Wish[] wishes)
    {
        _wishes = wishes;
        _fates = new WishFate[wishes.Length];
    }

    /// <summary>The wish whose value is sent; null when none is.</summary>
    internal Wish? Winner { get; private set; }

    /// <summary>Whether somebody wanted a value and did not get it without a rule that lets it be so.</summary>
    internal bool IsConflict { get; private set; }

    /// <summary>The wishes with what became of them: by layer, then value, then assignment, so that the order of asking does not matter.</summary>
    internal IEnumerable<(Wish Wish, WishFate Fate)> Fates => _wishes.Zip(_fates);

    internal static Ruling Of(IEnumerable<Wish> wishes)
    {
        var ruling = new Ruling([.. wishes.OrderBy(wish => wish.From.Layer).ThenBy(wish => wish.Setting.Value, StringComparer.Ordinal).ThenBy(wish => wish.From.AssignmentId)]);
        for (int start = 0, end; start < ruling._wishes.Length; start = end)
        {
            end = start + 1;
            while (end < ruling._wishes.Length && ruling._wishes[end].From.Layer == ruling._wishes[start].From.Layer)
            {
                end++;
            }

            ruling.Enter(start, end);
        }

        return ruling;
    }

    /// <summary>Lets the wishes of one layer come to what stands below them.</summary>
    private void Enter(int start, int end)
    {
        var layer = _wishes.AsSpan(start, end - start);
        var isOverridable = AllOverridable(layer);
        var isException = layer[0].From.Layer == Layer.Exception;
        if (!AllAgree(layer))
        {
            _fates.AsSpan(start, end - start).Fill(WishFate.Disputed);
            _isOverridable = isOverridable && (start == 0 || _isOverridable);
            IsConflict = true;
        }
        else if (start == 0 || (Winner is { } standing && standing.Setting.Wants(layer[0].Setting)))
        {
            _fates.AsSpan(start, end - start).Fill(WishFate.Agrees);
            if (Winner is null)
            {
                Hold(start);
            }

            _isOverridable = isOverridable && (start == 0 || isException || _isOverridable);
        }
        else if (isException || _isOverridable)
        {
            Override(start, end);
            _isOverridable = isOverridable;
        }
        else
        {
            _fates.AsSpan(start, end - start).Fill(WishFate.Refused);
            IsConflict = true;
        }
    }

    private void Override(int start, int end)
    {
        for (var at = 0; at < start; at++)
        {
            _fates[at] = _fates[at] is WishFate.Holds or WishFate.Agrees ? WishFate.Overridden : _fates[at];
        }

        _fates.AsSpan(start, end - start).Fill(WishFate.Agrees);
        Hold(start);
        IsConflict = false;
    }

    private void Hold(int at)
    {
        Winner = _wishes[at];
        _fates[at] = WishFate.Holds;
    }

    private static bool AllAgree(ReadOnlySpan<Wish> wishes)
    {
        for (var at = 1; at < wishes.Length; at++)
        {
            if (!wishes[0].Setting.Wants(wishes[at].Setting))
            {
                return false;
            }
        }

        return true;
    }

    private static bool AllOverridable(ReadOnlySpan<Wish> wishes)
    {
        foreach (var wish in wishes)
        {
            if (!wish.Setting.IsOverridable)
            {
                return false;
            }
        }

        return true;
    }
}
