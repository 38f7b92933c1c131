namespace Deskward.Guards.Probe.Right
{
    /// <summary>What the probes beside it use, each in a way that is easy to overlook.</summary>
    internal class Thing : Exception
    {
        internal static int Count => 1;
    }

    [AttributeUsage(AttributeTargets.All)]
    internal sealed class MarkAttribute : Attribute;
}

namespace Deskward.Guards.Probe.Left
{
    using Deskward.Guards.Probe.Right;

    internal sealed class Derived : Thing;

    internal static class Calls
    {
        internal static int Use() => Thing.Count;
    }

    internal static class CallsInLambda
    {
        internal static Func<int> Use() => () => Thing.Count;
    }

    internal static class CallsLater
    {
        internal static async Task<int> Use()
        {
            await Task.Yield();
            return Thing.Count;
        }
    }

    internal static class NamesAsArgument
    {
        internal static object Use() => new Dictionary<string, List<Thing[]>>();
    }

    internal static class NamesInGenericMethod
    {
        internal static object Use() => Enumerable.Empty<Thing>();
    }

    internal static class Catches
    {
        internal static int Use(Func<int> work)
        {
            try
            {
                return work();
            }
            catch (Thing)
            {
                return 0;
            }
        }
    }

    internal static class Marked
    {
        [Mark]
        internal static int Use() => 0;
    }

    internal static class Constrained<T>
        where T : Thing
    {
        internal static T? Use() => null;
    }
}
