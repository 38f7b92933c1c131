using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Deskward.Guards;

/// <summary>A top-level type of a built assembly.</summary>
/// <param name="FullName">Namespace and name as in metadata.</param>
/// <param name="Namespace">Empty for the global one.</param>
/// <param name="IsPublic">Visible to other assemblies, and by our convention to other folders.</param>
/// <param name="Bases">Full names of the base type and the interfaces, as far as they are not generic.</param>
internal sealed record BuiltType(string FullName, string Namespace, bool IsPublic, IReadOnlyList<string> Bases);

/// <summary>One type naming another: in a signature, a base, an attribute, a generic argument or a method body.</summary>
/// <param name="From">Full name of the outermost type that names it.</param>
/// <param name="To">Full name of the outermost type that is named.</param>
/// <param name="Assembly">The assembly of <paramref name="To"/>; null when it is the same.</param>
internal readonly record struct TypeUse(string From, string To, string? Assembly);

/// <summary>
/// Which types of a built assembly name which others. Nested and generated types (lambdas, iterators, async methods) count as their outermost type.
/// A constant of another type is compiled in as a bare number and leaves no trace.
/// </summary>
internal sealed class AssemblyReader : IDisposable
{
    private readonly PEReader _file;
    private readonly MetadataReader _metadata;

    internal AssemblyReader(string path)
    {
        _file = new PEReader(File.OpenRead(path));
        _metadata = _file.GetMetadataReader();
    }

    internal IReadOnlyList<string> ReferencedAssemblies => [.. _metadata.AssemblyReferences.Select(handle => _metadata.GetString(_metadata.GetAssemblyReference(handle).Name)).Order(StringComparer.Ordinal)];

    /// <summary>All members of other assemblies that are named anywhere: <c>Namespace.Type::Member</c>.</summary>
    internal IReadOnlyList<string> ForeignMembers => [.. _metadata.MemberReferences.Select(_metadata.GetMemberReference)
        .Where(member => member.Parent.Kind == HandleKind.TypeReference)
        .Select(member => NameOf((TypeReferenceHandle)member.Parent) + "::" + _metadata.GetString(member.Name)).Distinct().Order(StringComparer.Ordinal)];

    internal IReadOnlyList<BuiltType> Types => [.. _metadata.TypeDefinitions.Where(handle => _metadata.GetTypeDefinition(handle).GetDeclaringType().IsNil).Select(Describe)];

    internal IReadOnlyCollection<TypeUse> Uses()
    {
        var uses = new HashSet<TypeUse>();
        foreach (var handle in _metadata.TypeDefinitions)
        {
            var named = new HashSet<EntityHandle>();
            Collect(_metadata.GetTypeDefinition(handle), new UsedTypes(_metadata, named));
            var from = NameOf(Outermost(handle));
            uses.UnionWith(named.Select(to => Resolve(from, to)).Where(use => use.From != use.To || use.Assembly is not null));
        }

        return uses;
    }

    /// <summary>
    /// What the pages of the assembly write that is no expression: markup, text, and attributes that people read or hear. It is a literal that goes
    /// straight into a call of the render tree.
    /// </summary>
    internal IEnumerable<(string Type, string? Attribute, string Text)> RenderedLiterals() =>
        from handle in _metadata.TypeDefinitions
        from method in _metadata.GetTypeDefinition(handle).GetMethods().Select(_metadata.GetMethodDefinition)
        where method.RelativeVirtualAddress != 0
        let namings = MethodBodyTokens.Namings(_file.GetMethodBody(method.RelativeVirtualAddress).GetILReader())
        from place in Enumerable.Range(1, Math.Max(0, namings.Count - 1))
        where namings[place - 1].Code == Naming.LoadText && namings[place].Code != Naming.LoadText
        let call = CallOf(namings[place])
        where call is "AddMarkupContent" or "AddContent" or "AddAttribute"
        let attribute = call == "AddAttribute" && place > 1 && namings[place - 2].Code == Naming.LoadText ? TextOf(namings[place - 2]) : null
        where call != "AddAttribute" || attribute is not null
        select (NameOf(Outermost(handle)), attribute, TextOf(namings[place - 1]));

    private string TextOf(Naming literal) => _metadata.GetUserString((UserStringHandle)MetadataTokens.Handle(literal.Token));

    private string? CallOf(Naming naming) => MetadataTokens.Handle(naming.Token) is { Kind: HandleKind.MemberReference } handle
        && _metadata.GetMemberReference((MemberReferenceHandle)handle) is { Parent.Kind: HandleKind.TypeReference } member
        && NameOf((TypeReferenceHandle)member.Parent) == "Microsoft.AspNetCore.Components.Rendering.RenderTreeBuilder" ? _metadata.GetString(member.Name) : null;

    public void Dispose() => _file.Dispose();

    private BuiltType Describe(TypeDefinitionHandle handle)
    {
        var type = _metadata.GetTypeDefinition(handle);
        EntityHandle[] bases = [type.BaseType, .. type.GetInterfaceImplementations().Select(item => _metadata.GetInterfaceImplementation(item).Interface)];
        return new BuiltType(NameOf(handle), _metadata.GetString(type.Namespace), type.Attributes.HasFlag(System.Reflection.TypeAttributes.Public),
            [.. bases.Where(item => !item.IsNil && item.Kind != HandleKind.TypeSpecification).Select(item => Resolve("", item).To)]);
    }

    private void Collect(TypeDefinition type, UsedTypes used)
    {
        used.Add(type.BaseType);
        type.GetInterfaceImplementations().ToList().ForEach(item => used.Add(_metadata.GetInterfaceImplementation(item).Interface));
        used.AddConstraints(type.GetGenericParameters());
        used.AddAttributes(type.GetCustomAttributes());
        foreach (var property in type.GetProperties())
        {
            used.AddAttributes(_metadata.GetPropertyDefinition(property).GetCustomAttributes());
        }

        foreach (var field in type.GetFields().Select(_metadata.GetFieldDefinition))
        {
            field.DecodeSignature(used, null);
            used.AddAttributes(field.GetCustomAttributes());
        }

        foreach (var method in type.GetMethods().Select(_metadata.GetMethodDefinition))
        {
            Collect(method, used);
        }
    }

    private void Collect(MethodDefinition method, UsedTypes used)
    {
        method.DecodeSignature(used, null);
        used.AddConstraints(method.GetGenericParameters());
        used.AddAttributes(method.GetCustomAttributes());
        if (method.RelativeVirtualAddress == 0)
        {
            return;
        }

        var body = _file.GetMethodBody(method.RelativeVirtualAddress);
        if (!body.LocalSignature.IsNil)
        {
            _metadata.GetStandaloneSignature(body.LocalSignature).DecodeLocalSignature(used, null);
        }

        foreach (var region in body.ExceptionRegions.Where(region => region.Kind == ExceptionRegionKind.Catch))
        {
            used.Add(region.CatchType);
        }

        foreach (var token in MethodBodyTokens.Of(body.GetILReader()))
        {
            used.Add(token);
        }
    }

    private TypeUse Resolve(string from, EntityHandle to)
    {
        if (to.Kind == HandleKind.TypeDefinition)
        {
            return new(from, NameOf(Outermost((TypeDefinitionHandle)to)), null);
        }

        var reference = (TypeReferenceHandle)to;
        var scope = _metadata.GetTypeReference(reference).ResolutionScope;
        while (scope.Kind == HandleKind.TypeReference)
        {
            reference = (TypeReferenceHandle)scope;
            scope = _metadata.GetTypeReference(reference).ResolutionScope;
        }

        var assembly = scope.Kind == HandleKind.AssemblyReference ? _metadata.GetString(_metadata.GetAssemblyReference((AssemblyReferenceHandle)scope).Name) : null;
        return new(from, NameOf(reference), assembly);
    }

    private TypeDefinitionHandle Outermost(TypeDefinitionHandle handle)
    {
        while (_metadata.GetTypeDefinition(handle).GetDeclaringType() is { IsNil: false } outer)
        {
            handle = outer;
        }

        return handle;
    }

    private string NameOf(TypeDefinitionHandle handle) => Join(_metadata.GetTypeDefinition(handle).Namespace, _metadata.GetTypeDefinition(handle).Name);

    private string NameOf(TypeReferenceHandle handle) => Join(_metadata.GetTypeReference(handle).Namespace, _metadata.GetTypeReference(handle).Name);

    private string Join(StringHandle space, StringHandle name) => space.IsNil ? _metadata.GetString(name) : $"{_metadata.GetString(space)}.{_metadata.GetString(name)}";
}
