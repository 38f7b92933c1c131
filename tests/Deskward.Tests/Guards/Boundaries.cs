using Deskward.Platform;

namespace Deskward.Guards;

/// <summary>The rules between folders, over what <see cref="AssemblyReader"/> read.</summary>
/// <param name="types">All types of the product.</param>
/// <param name="modules">The table they are held against.</param>
internal sealed class Boundaries(IEnumerable<BuiltType> types, IReadOnlyList<Module> modules)
{
    internal const string Composition = "(root)";
    internal const string Platform = "Platform";

    /// <summary>Folders that put the whole together and stand above all modules.</summary>
    private static readonly string[] Above = [Composition, "Demo"];

    /// <summary>The one type of Platform that may read the list of modules.</summary>
    private static readonly string[] ReadsTheList = ["Deskward.Platform.ServiceHost"];

    private readonly Dictionary<string, BuiltType> _types = types.ToDictionary(type => type.FullName);

    /// <summary>The folder of a type of the product; generated types of the compiler belong to nobody (null).</summary>
    internal static string? FolderOf(string fullName) => fullName.Split('.') switch
    {
        ["Deskward", var folder, _, ..] => folder,
        ["Deskward", _] or ["Program"] => Composition,
        _ => null,
    };

    /// <summary>Why a use is not allowed; null when it is.</summary>
    internal string? Refuse(TypeUse use)
    {
        var from = FolderOf(use.From);
        if (use.Assembly is not null)
        {
            return use.Assembly == "Deskward.Simulator" && from is not null && !Above.Contains(from) && !use.From.EndsWith(".VirtualPcVerb", StringComparison.Ordinal)
                ? $"{use.From} uses the simulator ({use.To})" : null;
        }

        var to = FolderOf(use.To);
        return from is null || to is null || from == to || Above.Contains(from) ? null : RefuseBetween(use, from, to);
    }

    private string? RefuseBetween(TypeUse use, string from, string to) => to switch
    {
        Composition when use.To == "Deskward.Modules" && ReadsTheList.Contains(use.From) => null,
        Platform => null,
        _ when from == Platform => $"Platform uses a module: {use.From} -> {use.To}",
        _ when modules.All(module => module.Name != from) => $"{use.From} lies in a folder that Modules.cs does not name",
        _ when !modules.First(module => module.Name == from).Uses.Contains(to) => $"{from} may not use {to}: {use.From} -> {use.To}",
        _ when !_types[use.To].IsPublic => $"{use.To} is internal to {to}, and {use.From} uses it",
        _ when IsComponent(use.To) => $"{use.To} is a Razor component of {to}, and {use.From} uses it",
        _ => null,
    };

    /// <summary>Whether a type is a Razor component, directly or through its bases.</summary>
    internal bool IsComponent(string fullName) =>
        fullName is "Microsoft.AspNetCore.Components.ComponentBase" or "Microsoft.AspNetCore.Components.IComponent"
        || (_types.TryGetValue(fullName, out var type) && type.Bases.Any(IsComponent));
}
