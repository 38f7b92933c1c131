using System.Reflection;
using Deskward.Protocol.SyncMl;
using Xunit;

namespace Deskward.Guards;

/// <summary>What Protocol offers to others, as a list that review sees.</summary>
public sealed class PublicTypeTests
{
    private const BindingFlags Own = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    /// <summary>What the compiler writes for every record.</summary>
    private static readonly HashSet<string> OfRecords = ["Equals", "GetHashCode", "ToString", "op_Equality", "op_Inequality", "<Clone>$", "Deconstruct"];

    [Fact]
    public void The_public_types_of_Protocol_are_those_that_were_reviewed() => Snapshot.Check("public-types.txt", Describe(typeof(SyncMlMessage).Assembly.GetExportedTypes()));

    [Fact]
    public void The_list_tells_a_members_type_and_parameters() =>
        Assert.Contains("Deskward.Guards.PublicTypeTests Void The_list_tells_a_members_type_and_parameters()", Describe([typeof(PublicTypeTests)]));

    [Fact]
    public void Public_types_of_Protocol_are_closed() =>
        Nothing.In(typeof(SyncMlMessage).Assembly.GetExportedTypes().Where(type => type.IsClass && !type.IsSealed && !type.IsAbstract && !type.IsAssignableTo(typeof(Exception))).Select(type => type.FullName!));

    private static IEnumerable<string> Describe(IEnumerable<Type> types) => types.Where(type => type.IsVisible).SelectMany(Describe).Distinct().Order(StringComparer.Ordinal);

    private static IEnumerable<string> Describe(Type type) => type.GetMembers(Own)
        .Where(member => !OfRecords.Contains(member.Name) && member is not MethodInfo { IsSpecialName: true } && member is not Type)
        .Select(member => $"{type.FullName} {Line(member)}").Append($"{type.FullName}");

    private static string Line(MemberInfo member) => member switch
    {
        MethodInfo method => $"{Name(method.ReturnType)} {method.Name}({Parameters(method)})",
        ConstructorInfo constructor => $"new({Parameters(constructor)})",
        PropertyInfo property => $"{Name(property.PropertyType)} {property.Name} {{{(property.CanRead ? " get;" : "")}{(property.SetMethod?.IsPublic == true ? " set;" : "")} }}",
        FieldInfo field => $"{Name(field.FieldType)} {field.Name}",
        _ => member.ToString()!,
    };

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(parameter => $"{Name(parameter.ParameterType)} {parameter.Name}"));

    private static string Name(Type type) => type.IsGenericType
        ? $"{type.Name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>"
        : type.IsArray ? Name(type.GetElementType()!) + "[]" : type.Name;
}
