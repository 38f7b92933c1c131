using Xunit;

namespace Deskward.Guards;

/// <summary>Fails with every offence on a line of its own.</summary>
internal static class Nothing
{
    internal static void In(IEnumerable<string> offences)
    {
        var all = offences.ToList();
        Assert.True(all.Count == 0, $"{all.Count} offences:\n{string.Join('\n', all)}");
    }
}
