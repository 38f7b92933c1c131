using Xunit;

namespace Deskward.Guards;

/// <summary>
/// A committed list that review sees when it changes. <c>eng/update-snapshots</c> writes the present one (it sets
/// <c>DESKWARD_UPDATE_SNAPSHOTS</c> and runs the guards).
/// </summary>
internal static class Snapshot
{
    internal static void Check(string name, IEnumerable<string> lines)
    {
        var path = Path.Combine(Sources.Root, "tests", "Deskward.Tests", "Guards", name);
        var present = lines.ToList();
        if (Environment.GetEnvironmentVariable("DESKWARD_UPDATE_SNAPSHOTS") == "1")
        {
            File.WriteAllLines(path, present);
        }

        var difference = Difference(File.ReadAllLines(path), present).ToList();
        Assert.True(difference.Count == 0, $"{name} differs; when that is meant, run eng/update-snapshots and commit the file:\n{string.Join('\n', difference)}");
    }

    internal static IEnumerable<string> Difference(IReadOnlyCollection<string> committed, IReadOnlyCollection<string> present) =>
        committed.Except(present).Select(line => "- " + line).Concat(present.Except(committed).Select(line => "+ " + line));
}
