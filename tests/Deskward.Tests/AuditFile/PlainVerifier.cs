using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Deskward.AuditFile;

/// <summary>
/// A verifier of exported files that stands on docs/audit.md alone: it uses nothing of the product, so that page and product are held against each other.
/// </summary>
internal sealed class PlainVerifier
{
    private readonly Dictionary<string, byte[]> _keys = [];
    private readonly Dictionary<string, string> _blank = [];
    private Guid _organisation;
    private byte[] _previous = new byte[32];
    private long _sequence;
    private bool _isSigned;
    private bool _hasEnded;

    private PlainVerifier()
    {
    }

    /// <summary>What is wrong, with the number of the line; null when nothing is.</summary>
    internal static string? Verify(string file)
    {
        var verifier = new PlainVerifier();
        var number = 0;
        foreach (var line in File.ReadLines(file))
        {
            number++;
            using var json = JsonDocument.Parse(line);
            if (verifier.Look(json.RootElement, number) is { } wrong)
            {
                return $"line {number}: {wrong}";
            }
        }

        return !verifier._hasEnded ? "no end" : verifier._blank.Count > 0 ? "blank without an erasure row" : null;
    }

    private string? Look(JsonElement line, int number) => line.GetProperty("type").GetString() switch
    {
        "header" when number == 1 => Header(line),
        "row" when !_hasEnded => Row(line),
        "checkpoint" when !_hasEnded => Checkpoint(line),
        "end" => End(line),
        _ => "unexpected",
    };

    private string? Header(JsonElement line)
    {
        _organisation = line.GetProperty("organisation").GetGuid();
        foreach (var key in line.GetProperty("keys").EnumerateArray())
        {
            var info = key.GetProperty("publicKey").GetBytesFromBase64();
            _keys[Convert.ToHexStringLower(SHA256.HashData(info))] = info;
        }

        return line.GetProperty("formatName").GetString() == "deskward-audit-export-1" ? null : "another format";
    }

    private string? Row(JsonElement line)
    {
        var digest = line.GetProperty("digest").GetBytesFromBase64();
        if (line.GetProperty("sequence").GetInt64() != ++_sequence)
        {
            return "not the next row";
        }

        if (!line.TryGetProperty("salt", out var salt))
        {
            _blank[line.GetProperty("id").GetString()!] = Convert.ToHexStringLower(digest);
        }
        else if (!digest.AsSpan().SequenceEqual(Hash(
            Text("deskward-audit-content-1"), Bytes(salt.GetBytesFromBase64()), Id(line, "actorId"), Text(line, "actorName"), Id(line, "objectId"), Text(line, "objectName"), Text(line, "before"), Text(line, "after"))))
        {
            return "the digest is not that of the content";
        }

        var hash = Hash(
            Text("deskward-audit-link-1"), Id(_organisation), Number(_sequence), Bytes(_previous), Id(line, "id"), Instant(line), Text(line, "actorKind"), Text(line, "action"), Text(line, "objectKind"), Bytes(digest));
        Erasures(line);
        (_previous, _isSigned) = (hash, false);
        return hash.AsSpan().SequenceEqual(line.GetProperty("hash").GetBytesFromBase64()) ? null : "the hash does not follow";
    }

    private void Erasures(JsonElement line)
    {
        if (line.GetProperty("action").GetString() != "audit.erase")
        {
            return;
        }

        using var after = JsonDocument.Parse(line.GetProperty("after").GetString()!);
        foreach (var entry in after.RootElement.GetProperty("entries").EnumerateArray())
        {
            if (_blank.GetValueOrDefault(entry.GetProperty("id").GetString()!) == entry.GetProperty("digest").GetString())
            {
                _blank.Remove(entry.GetProperty("id").GetString()!);
            }
        }
    }

    private string? Checkpoint(JsonElement line)
    {
        var (id, hash) = (line.GetProperty("key").GetBytesFromBase64(), line.GetProperty("hash").GetBytesFromBase64());
        if (line.GetProperty("sequence").GetInt64() != _sequence || !hash.AsSpan().SequenceEqual(_previous))
        {
            return "the checkpoint is not of the row before it";
        }

        using var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(_keys[Convert.ToHexStringLower(id)], out _);
        byte[] statement = [.. Text("deskward-audit-checkpoint-1"), .. Id(_organisation), .. Number(_sequence), .. Bytes(hash), .. Instant(line), .. Bytes(id)];
        _isSigned = key.VerifyData(statement, line.GetProperty("signature").GetBytesFromBase64(), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        return _isSigned ? null : "the signature is not right";
    }

    private string? End(JsonElement line)
    {
        _hasEnded = true;
        return _isSigned && line.GetProperty("sequence").GetInt64() == _sequence ? null : "the end is not signed";
    }

    private static byte[] Hash(params byte[][] fields) => SHA256.HashData(fields.SelectMany(field => field).ToArray());

    private static byte[] Bytes(ReadOnlySpan<byte> bytes)
    {
        var field = new byte[4 + bytes.Length];
        BinaryPrimitives.WriteUInt32BigEndian(field, (uint)bytes.Length);
        bytes.CopyTo(field.AsSpan(4));
        return field;
    }

    private static byte[] Null => [255, 255, 255, 255];

    private static byte[] Text(string text) => Bytes(Encoding.UTF8.GetBytes(text));

    /// <summary>Absent is null; but an erased row's names are not hashed at all, and a row that is there always has them.</summary>
    private static byte[] Text(JsonElement line, string name) => line.TryGetProperty(name, out var text) ? Text(text.GetString()!) : Null;

    private static byte[] Id(JsonElement line, string name) => line.TryGetProperty(name, out var id) ? Id(id.GetGuid()) : Null;

    private static byte[] Id(Guid id) => Bytes(Convert.FromHexString(id.ToString("n")));

    private static byte[] Number(long number)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, number);
        return Bytes(bytes);
    }

    private static byte[] Instant(JsonElement line) => Number((line.GetProperty("at").GetDateTimeOffset().UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / 10);
}
