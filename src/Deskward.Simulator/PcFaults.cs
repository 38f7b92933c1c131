using Deskward.Protocol.SyncMl;

namespace Deskward.Simulator;

/// <summary>How a reply is lost.</summary>
public enum ReplyLoss
{
    /// <summary>The connection breaks after the service has answered; nobody reads the answer.</summary>
    AfterAnswer,

    /// <summary>The connection breaks as soon as the message is out, while the service may still be at work.</summary>
    WhileWaiting,
}

/// <summary>What is to go wrong with a PC, on demand. All of it may be set from any thread.</summary>
public sealed class PcFaults
{
    private readonly Lock _lock = new();
    private readonly List<NodeFault> _nodes = [];
    private readonly List<(ReplyLoss Loss, int? Exchange)> _losses = [];

    /// <summary>Waits this long before every message; a slow PC or a slow line.</summary>
    public TimeSpan Slowness { get; set; }

    /// <summary>Sends every Results once more in the next message, as Windows has been seen to do.</summary>
    public bool RepeatsResults { get; set; }

    /// <summary>How often it says, before each of its answers to commands, that it is still at work; only where EnableOmaDmKeepAliveMessage is true.</summary>
    public int KeepAlives { get; set; }

    /// <summary>Whether anything that is still outstanding would happen.</summary>
    public bool Any
    {
        get
        {
            lock (_lock)
            {
                return _nodes.Count > 0 || _losses.Count > 0 || RepeatsResults || KeepAlives > 0 || Slowness > TimeSpan.Zero;
            }
        }
    }

    /// <summary>Loses a reply; the PC then sends the same bytes again.</summary>
    /// <param name="loss">How.</param>
    /// <param name="exchange">Which exchange of the next session or enrolment it hits, from 1; null: the next one.</param>
    public void LoseReply(ReplyLoss loss = ReplyLoss.AfterAnswer, int? exchange = null)
    {
        lock (_lock)
        {
            _losses.Add((loss, exchange));
        }
    }

    /// <summary>Makes commands on a node fail.</summary>
    /// <param name="path">The node, or an ancestor; compared without case.</param>
    /// <param name="status">The status they get.</param>
    /// <param name="times">How often; null: always.</param>
    /// <param name="verb">Only this verb; null: all that change something.</param>
    public void FailNode(string path, int status, int? times = null, SyncVerb? verb = null)
    {
        lock (_lock)
        {
            _nodes.Add(new NodeFault(path, status, verb) { Left = times ?? int.MaxValue });
        }
    }

    /// <summary>Everything works again.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _nodes.Clear();
            _losses.Clear();
            (Slowness, RepeatsResults, KeepAlives) = (TimeSpan.Zero, false, 0);
        }
    }

    internal ReplyLoss? TakeLoss(int exchange)
    {
        lock (_lock)
        {
            var at = _losses.FindIndex(each => each.Exchange is null || each.Exchange == exchange);
            if (at < 0)
            {
                return null;
            }
            var loss = _losses[at].Loss;
            _losses.RemoveAt(at);
            return loss;
        }
    }

    internal int? TakeStatus(SyncVerb verb, string path)
    {
        lock (_lock)
        {
            var fault = _nodes.Find(each => each.Hits(verb, path));
            if (fault is not null && fault.Left != int.MaxValue && --fault.Left == 0)
            {
                _nodes.Remove(fault);
            }
            return fault?.Status;
        }
    }

    private sealed record NodeFault(string Path, int Status, SyncVerb? Verb)
    {
        public int Left { get; set; }

        public bool Hits(SyncVerb verb, string path) => (Verb is null ? verb != SyncVerb.Get : verb == Verb)
            && LocUri.IsAtOrBelow(LocUri.KeyOf(path), LocUri.KeyOf(Path));
    }
}
