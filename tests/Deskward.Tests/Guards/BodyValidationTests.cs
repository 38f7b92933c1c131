using System.ComponentModel.DataAnnotations;
using Deskward.Fixture;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Validation;
using Xunit;

namespace Deskward.Guards;

/// <summary>
/// An annotated body is validated only when the framework knows its type, and it passes over a type that is internal, or that no route names, in silence.
/// So the running service is asked about every type of the product that carries such an attribute.
/// </summary>
public sealed class BodyValidationTests(Services services)
{
    [Fact]
    public async Task Each_annotated_body_is_really_validated()
    {
        var validation = await ValidationAsync();
        Nothing.In(typeof(Modules).Assembly.GetTypes().Where(type => IsAnnotated(type) && !IsValidated(validation, type)).Select(type => type.FullName!));
    }

    [Theory]
    [InlineData(typeof(Annotated), true)]
    [InlineData(typeof(AnnotatedParameter), true)]
    [InlineData(typeof(Plain), false)]
    public async Task An_annotated_body_that_is_passed_over_is_found(Type type, bool isFound) =>
        Assert.Equal(isFound, IsAnnotated(type) && !IsValidated(await ValidationAsync(), type));

    private async Task<ValidationOptions> ValidationAsync() => (await services.SharedAsync(Engine.Sqlite)).Provider.GetRequiredService<IOptions<ValidationOptions>>().Value;

    private static bool IsAnnotated(Type type) => type.GetProperties().Any(property => property.IsDefined(typeof(ValidationAttribute), inherit: true))
        || type.GetConstructors().SelectMany(constructor => constructor.GetParameters()).Any(parameter => parameter.IsDefined(typeof(ValidationAttribute), inherit: true));

    private static bool IsValidated(ValidationOptions validation, Type type) => validation.TryGetValidatableTypeInfo(type, out _);

    private sealed record Annotated
    {
        [Range(1, 5)]
        public int Number { get; init; }
    }

    private sealed record AnnotatedParameter([Required] string Text);

    private sealed record Plain(string Text);
}
