namespace Deskward.Faults;

/// <summary>How many cases a property test tries: few by default, many when <c>DESKWARD_LONG</c> is <c>1</c>.</summary>
internal static class Effort
{
    internal static bool IsLong { get; } = Environment.GetEnvironmentVariable("DESKWARD_LONG") == "1";

    internal static int Cases(int few, int many) => IsLong ? many : few;
}
