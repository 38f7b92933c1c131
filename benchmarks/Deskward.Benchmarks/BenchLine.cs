using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Deskward.Benchmarks;

/// <summary>One line of the table.</summary>
/// <param name="Name">What was measured, and on which database.</param>
/// <param name="Value">The median; null when nothing could be measured.</param>
/// <param name="Unit">Of the value.</param>
/// <param name="Ratio">Median of the pairs' ratios; null where the target is a limit.</param>
/// <param name="Target">What the ratio, or else the value, has to be.</param>
/// <param name="Ok">Whether it is.</param>
internal sealed record BenchLine(string Name, double? Value, string Unit, double? Ratio, string Target, bool Ok)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true, NumberHandling = JsonNumberHandling.Strict, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal static BenchLine AtMost(string name, double value, string unit, double limit) =>
        new(name, Math.Round(value, 2), unit, null, "<= " + Text(limit), value <= limit);

    internal static BenchLine NoLess(string name, double value, string unit, double limit) =>
        new(name, Math.Round(value, 1), unit, null, ">= " + Text(limit), value >= limit);

    internal static BenchLine Exactly(string name, double value, string unit, double wanted) =>
        new(name, value, unit, null, "= " + Text(wanted), value == wanted);

    internal static BenchLine AtLeast(string name, double value, string unit, double ratio, double limit) =>
        new(name, Math.Round(value, 1), unit, Math.Round(ratio, 3), ">= " + Text(limit), ratio >= limit);

    internal static void WriteHead() => Console.WriteLine($"{"line",-52} {"value",10} {"unit",-12} {"ratio",7} {"target",-10} ok");

    internal void Write() => Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"{Name,-52} {(Value is { } value ? Text(value) : "-"),10} {Unit,-12} {(Ratio is { } ratio ? ratio.ToString("0.00", CultureInfo.InvariantCulture) : ""),7} {Target,-10} {(Ok ? "yes" : "NO")}"));

    internal static void Save(IReadOnlyList<BenchLine> lines, string file)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, JsonSerializer.Serialize(lines, Json) + "\n");
    }

    private static string Text(double value) => value.ToString(Math.Abs(value) >= 1000 ? "0" : "0.##", CultureInfo.InvariantCulture);
}
