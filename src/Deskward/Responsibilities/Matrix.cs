using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using Deskward.Platform.Duties;

namespace Deskward.Responsibilities;

/// <summary>Who answers for a row or a duty.</summary>
public enum Party
{
    Provider,
    Customer,
}

/// <summary>To whom a delegable duty may be handed by contract.</summary>
public enum DutyHolder
{
    Provider,
    SupportPartner,
}

/// <summary>A text in the languages of the portal.</summary>
public sealed record MatrixText(string En, string Zh)
{
    /// <summary>The text in a language of the portal, named by its code.</summary>
    public string In(string language) => language.StartsWith("zh", StringComparison.OrdinalIgnoreCase) ? Zh : En;
}

/// <summary>Which roles may take an action, and where. Lists that are absent are empty.</summary>
/// <param name="Customer">The customer's roles, in their own organisation.</param>
/// <param name="Provider">The provider's roles, in the provider's own organisation.</param>
/// <param name="Standing">The provider's roles, at every customer, without asking.</param>
/// <param name="Grant">The provider's roles, at a customer, while a grant of that role holds.</param>
/// <param name="Protective">The provider's roles, at a customer, where the contract allows it without asking first.</param>
/// <param name="Delegated">Roles while the duty is delegated: the provider's, at the standing level, or the customer's support partner.</param>
/// <param name="By">Who is no person: <c>anyone</c>, <c>signedIn</c>, <c>device</c>, <c>directory</c>, <c>operator</c>, <c>service</c>.</param>
public sealed record ActionRoles(
    IReadOnlyList<string>? Customer, IReadOnlyList<string>? Provider, IReadOnlyList<string>? Standing, IReadOnlyList<string>? Grant,
    IReadOnlyList<string>? Protective, IReadOnlyList<string>? Delegated, IReadOnlyList<string>? By)
{
    /// <summary>Whoever does it must have proven who they are within the last minutes.</summary>
    public bool AsksAgain { get; init; }

    /// <summary>Every role named, each once, in the order of the lists.</summary>
    internal IEnumerable<string> Named => new[] { Customer, Provider, Standing, Grant, Protective, Delegated }.SelectMany(list => list ?? []).Distinct();
}

/// <summary>One duty: what one party answers for.</summary>
/// <param name="Id">Such as <c>P1.policies</c>; the part before the dot is the row, or <c>platform</c>.</param>
/// <param name="Accountable">The one party that answers for it.</param>
/// <param name="Sentences">The sentences of the published description that it stands for, counted from 1; null for what serves no row.</param>
/// <param name="Delegable">To whom it may be handed by contract; null: it stays where it is.</param>
/// <param name="Security">About security: kept from those who are not responsible for it.</param>
/// <param name="Text">What is to be done.</param>
/// <param name="Actions">Each action that there is, and its roles.</param>
public sealed record MatrixDuty(
    string Id, Party Accountable, IReadOnlyList<int>? Sentences, IReadOnlyList<DutyHolder>? Delegable, bool Security, MatrixText Text, IReadOnlyDictionary<DutyAction, ActionRoles> Actions)
{
    /// <summary>The row it stands under; <c>platform</c> for what serves no row.</summary>
    public string Row => Id[..Id.IndexOf('.', StringComparison.Ordinal)];
}

/// <summary>One of the fifteen rows.</summary>
/// <param name="Id">P1 to P6, C1 to C9.</param>
/// <param name="Owner">The party whose row it is; single duties may be the other's.</param>
/// <param name="Built">Whether the product carries its work already.</param>
/// <param name="Title">What it is called.</param>
/// <param name="Duties">Its duties, in the order of the published sentences.</param>
public sealed record MatrixRow(string Id, Party Owner, bool Built, MatrixText Title, IReadOnlyList<MatrixDuty> Duties);

/// <summary>
/// The split of the work: fifteen rows, their duties, and who may do what in each; the rights of the whole service follow from it. Read at
/// start from the one embedded file, which is refused when it contradicts itself.
/// </summary>
public sealed class Matrix
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    private readonly Dictionary<string, MatrixDuty> _byId;

    private Matrix(Content content)
    {
        (Version, Rows, Platform) = (content.Version, content.Rows, content.Platform);
        _byId = Rows.SelectMany(row => row.Duties).Concat(Platform).ToDictionary(duty => duty.Id, StringComparer.Ordinal);
    }

    /// <summary>The matrix of this version of the product.</summary>
    public static Matrix Default { get; } = ReadEmbedded();

    /// <summary>Rises with every change of the file.</summary>
    public int Version { get; }

    public IReadOnlyList<MatrixRow> Rows { get; }

    /// <summary>Duties that serve no row: sign-in, organisations, audit, the protocol of the PCs.</summary>
    public IReadOnlyList<MatrixDuty> Platform { get; }

    /// <summary>Every duty, those of the rows first.</summary>
    public IEnumerable<MatrixDuty> Duties => _byId.Values;

    /// <summary>The duty; null when there is none of this id.</summary>
    public MatrixDuty? Find(string id) => _byId.GetValueOrDefault(id);

    /// <exception cref="InvalidDataException">The text is no matrix, or contradicts itself.</exception>
    internal static Matrix Parse(ReadOnlySpan<byte> json)
    {
        Content content;
        try
        {
            content = JsonSerializer.Deserialize<Content>(json, Json) ?? throw new InvalidDataException("The matrix is empty.");
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"The matrix cannot be read: {exception.Message}", exception);
        }

        return MatrixCheck.Refuse(content.Rows, content.Platform) is { } wrong ? throw new InvalidDataException($"The matrix contradicts itself: {wrong}") : new Matrix(content);
    }

    private static Matrix ReadEmbedded()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("Responsibilities.matrix.json")!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return Parse(bytes);
    }

    private sealed record Content(int Version, IReadOnlyList<MatrixRow> Rows, IReadOnlyList<MatrixDuty> Platform);
}
