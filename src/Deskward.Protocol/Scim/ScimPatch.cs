using System.Globalization;
using System.Text.Json;

namespace Deskward.Protocol.Scim;

/// <summary>What a PATCH operation does.</summary>
public enum ScimPatchVerb { Add, Remove, Replace }

/// <summary>One change.</summary>
/// <param name="Verb">Sent in any case.</param>
/// <param name="Path">As it came; null when the value names the attributes.</param>
/// <param name="Value">Null when there is none. A JSON null is a value: it unsets.</param>
public sealed record ScimPatchOperation(ScimPatchVerb Verb, string? Path, JsonElement? Value);

/// <summary>The body of a PATCH (RFC 7644 section 3.5.2).</summary>
/// <param name="Operations">In their order; at least one.</param>
public sealed record ScimPatch(IReadOnlyList<ScimPatchOperation> Operations)
{
    /// <summary>Reads the body.</summary>
    /// <param name="body">Read by <see cref="ScimJson.Parse"/>.</param>
    /// <param name="limits">Null means the default.</param>
    /// <exception cref="ScimException"><c>invalidSyntax</c> when it is no PatchOp, <c>invalidValue</c> when an operation lacks its value.</exception>
    public static ScimPatch Read(JsonElement body, ScimLimits? limits = null)
    {
        ScimJson.RequireMessage(body, "PatchOp");
        var most = (limits ?? ScimLimits.Default).Operations;
        var operations = ScimJson.Objects(body, "Operations");
        return operations.Count > 0 && operations.Count <= most ? new ScimPatch([.. operations.Select(Operation)])
            : throw ScimJson.Wrong(string.Create(CultureInfo.InvariantCulture, $"'Operations' must hold 1 to {most} operations."));
    }

    private static ScimPatchOperation Operation(JsonElement json)
    {
        var op = ScimJson.Text(json, "op");
        var verb = ScimJson.Named<ScimPatchVerb>(op) ?? throw ScimJson.Wrong("'op' must be add, remove or replace.");
        JsonElement? value = json.EnumerateObject().Where(one => one.Name.Equals("value", StringComparison.OrdinalIgnoreCase)).Select(one => (JsonElement?)one.Value).FirstOrDefault();
        return verb == ScimPatchVerb.Remove || value is not null ? new ScimPatchOperation(verb, ScimJson.Text(json, "path"), value)
            : throw new ScimException(ScimErrorType.InvalidValue, $"'{op}' needs a value.");
    }
}
