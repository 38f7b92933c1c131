using System.Security.Cryptography;
using System.Text;

namespace Deskward.Groups.Dynamic;

/// <summary>A PC of a plan.</summary>
public sealed record PlannedPc(Guid Id, string Name);

/// <summary>What a change of a rule or a list would do. Looked at first, and carried out only while it still is what was looked at.</summary>
/// <param name="Total">The organisation's PCs.</param>
/// <param name="Members">How many PCs would be in.</param>
/// <param name="In">Who would come, by name.</param>
/// <param name="Out">Who would leave, by name.</param>
/// <param name="Effect">What that does to their documents.</param>
/// <param name="Digest">Changes with whatever of it changes.</param>
public sealed record MembershipPlan(int Total, int Members, IReadOnlyList<PlannedPc> In, IReadOnlyList<PlannedPc> Out, MembershipEffect Effect, string Digest)
{
    /// <summary>A re-evaluation that moves a greater part of the PCs than this holds until somebody confirms it.</summary>
    public const int HeldAbovePercent = 10;

    public int Moves => In.Count + Out.Count;

    public bool IsLarge => IsAbove(Moves, Total);

    /// <summary>So many PCs that <see cref="IsAbove"/> says of them what it says of any greater number.</summary>
    internal static int EnoughFor(int moves) => (int)Math.Min(int.MaxValue, (moves * 100L + HeldAbovePercent - 1) / HeldAbovePercent);

    internal static bool IsAbove(int moves, int total) => moves * 100L > (long)total * HeldAbovePercent;

    internal static string DigestOf(string wanted, IEnumerable<PlannedPc> come, IEnumerable<PlannedPc> leave, MembershipEffect effect)
    {
        var text = new StringBuilder(wanted);
        foreach (var (sign, pcs) in new[] { ('+', come), ('-', leave) })
        {
            foreach (var pc in pcs.OrderBy(pc => pc.Id))
            {
                text.Append(sign).Append(pc.Id);
            }
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.Append('|').Append(effect.Plan.Digest).AppendJoin('|', effect.Carried).ToString())));
    }
}
