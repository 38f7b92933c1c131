namespace Deskward.Protocol.Tests;

/// <summary>How many cases a property test tries: few by default, many when <c>DESKWARD_LONG</c> is <c>1</c>.</summary>
internal static class Effort
{
    private static readonly bool IsLong = Environment.GetEnvironmentVariable("DESKWARD_LONG") == "1";

    public static int Cases(int few, int many) => IsLong ? many : few;
}
