using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Deskward.Simulator;

/// <summary>Everything of a PC that outlives a restart of the simulator.</summary>
internal sealed class PcState
{
    public required long Seed { get; init; }

    public required PcProfile Profile { get; init; }

    public PcEnrolment? Enrolment { get; set; }

    /// <summary>How many certificates it has been issued: the next key gets the next name.</summary>
    public int Generation { get; set; }

    public int Sessions { get; set; }

    public int Restarts { get; set; }

    public int Wipes { get; set; }

    public bool IsAwake { get; set; } = true;

    public string? SignedIn { get; set; }

    public DateTimeOffset? LastSync { get; set; }

    /// <summary>When the poll settings were last changed; null: not since the enrolment.</summary>
    public DateTimeOffset? PollStart { get; set; }

    /// <summary>When a session was asked for that has not yet been; null: none.</summary>
    public DateTimeOffset? AskedFor { get; set; }

    /// <summary>What the tree held when the state was saved.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; set; } = new Dictionary<string, string>();

    /// <summary>What Group Policy had in force when the state was saved.</summary>
    public IReadOnlyDictionary<string, string> GroupPolicy { get; set; } = new Dictionary<string, string>();

    /// <summary>PKCS#8 of the key of the certificate; only in a saved state.</summary>
    public byte[]? Key { get; set; }

    public string NextKeyName(string deviceId) => string.Create(CultureInfo.InvariantCulture, $"{deviceId}-{Generation + 1}");

    /// <summary>At most four characters, as on Windows.</summary>
    public string NextSessionId() => (++Sessions % 0xFFFF).ToString("X", CultureInfo.InvariantCulture);
}

/// <summary>Saved PCs: JSON, written atomically. They hold private keys of virtual PCs, and nothing else that is secret.</summary>
public static class SavedPcs
{
    /// <summary>Writes a PC into a folder, under its device id, between two sessions.</summary>
    public static Task SaveAsync(this VirtualPc pc, string folder, CancellationToken cancellation = default) => pc.InTurnAsync(() =>
    {
        Directory.CreateDirectory(folder);
        using var bytes = new MemoryStream();
        Write(pc, bytes);
        AtomicFile.Write(Path.Combine(folder, pc.Identity.DeviceId + ".json"), bytes.ToArray());
        return Task.FromResult(true);
    }, cancellation);

    /// <summary>Writes a PC into a stream, between two sessions.</summary>
    public static Task SaveAsync(this VirtualPc pc, Stream stream, CancellationToken cancellation = default) => pc.InTurnAsync(() =>
    {
        Write(pc, stream);
        return Task.FromResult(true);
    }, cancellation);

    private static void Write(VirtualPc pc, Stream stream)
    {
        var state = pc.State;
        (state.Settings, state.GroupPolicy) = (pc.Tree.Store.Values, pc.Tree.GroupPolicy);
        state.Key = state.Enrolment is { } enrolment ? pc.Keys.Export(enrolment.KeyName) : null;
        JsonSerializer.Serialize(stream, state, PcStateJson.Default.PcState);
        (state.Settings, state.GroupPolicy, state.Key) = (new Dictionary<string, string>(), new Dictionary<string, string>(), null);
    }

    /// <summary>Reads one PC.</summary>
    /// <exception cref="JsonException">The file is damaged.</exception>
    public static VirtualPc Load(Stream stream, PcNetwork network, KeyStore? keys = null, TimeProvider? time = null)
    {
        var state = JsonSerializer.Deserialize(stream, PcStateJson.Default.PcState) ?? throw new JsonException("The file holds no PC.");
        var store = keys ?? new KeyStore();
        if (state is { Enrolment: { } enrolment, Key: { } key })
        {
            store.Import(enrolment.KeyName, key);
        }
        var pc = new VirtualPc(state, network, store, time ?? TimeProvider.System);
        (state.Settings, state.GroupPolicy, state.Key) = (new Dictionary<string, string>(), new Dictionary<string, string>(), null);
        return pc;
    }

    /// <summary>Reads all PCs of a folder, in the order of their device ids; none when there is no such folder.</summary>
    public static IReadOnlyList<VirtualPc> LoadAll(string folder, PcNetwork network, KeyStore? keys = null, TimeProvider? time = null)
    {
        if (!Directory.Exists(folder))
        {
            return [];
        }
        var store = keys ?? new KeyStore();
        return [.. Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal).Select(Read)];

        VirtualPc Read(string path)
        {
            using var file = File.OpenRead(path);
            return Load(file, network, store, time);
        }
    }
}

[JsonSerializable(typeof(PcState))]
internal sealed partial class PcStateJson : JsonSerializerContext;
