using CsCheck;

namespace Deskward.Protocol.SyncMl;

/// <summary>Messages of every shape that can be written, with texts that are hard to carry through XML.</summary>
internal static class SyncMlGen
{
    private static readonly Gen<string> Piece = Gen.OneOf(
        "<", ">", "&", "]]>", "\"", "'", "\r\n", "\r", "\n", "\t", " ", "\uF000", "é", "€", "𝄞", "&lt;", "<![CDATA[", "<!--", "%7B", "./", "a", "1", "true", "x-y");

    /// <summary>Any text, blanks at its ends included.</summary>
    public static readonly Gen<string> Data = Piece.Array[0, 12].Select(pieces => string.Concat(pieces));

    /// <summary>A text that is not empty and neither begins nor ends with a blank.</summary>
    public static readonly Gen<string> Token = Data.Select(text => $"t{text}t");

    private static readonly Gen<SyncMeta> Meta =
        Gen.Select(Gen.OneOf((string?)null, "chr", "int", "b64"), Token.Null(), Gen.Long[0, long.MaxValue].Nullable(), Gen.OneOf(null, "critical"))
            .Select((format, type, size, mark) => new SyncMeta(format, type) { Size = size, Mark = mark });

    private static readonly Gen<SyncItem> Item =
        Gen.Select(Token.Null(), Token.Null(), Meta.Null(), Data.Null(), Gen.Bool).Select((target, source, meta, data, more) =>
            new SyncItem { Target = target, Source = source, Meta = meta, Data = data, MoreData = more });

    private static readonly Gen<SyncItem[]> Items = Item.Array[0, 3];

    private static readonly Gen<SyncCommand> Simple = Gen.OneOf(
        Gen.Select(Token, Gen.Enum<SyncVerb>(), Items, Meta.Null()).Select((id, verb, items, meta) =>
            (SyncCommand)new ItemCommand(verb, items) { CommandId = id, Meta = meta }),
        Gen.Select(Token, Gen.Int[1200, 1226], Items).Select((id, code, items) => (SyncCommand)new AlertCommand(code, items) { CommandId = id }),
        Gen.Select(Token, Gen.Int[1, int.MaxValue].Nullable(), Token, Meta.Null(), Items).Select((id, message, command, meta, items) =>
            (SyncCommand)new ResultsCommand { CommandId = id, MessageRef = message, CommandRef = command, Meta = meta, Items = items }),
        Token.Select(id => (SyncCommand)new UnknownCommand("Correlator") { CommandId = id }));

    private static readonly Gen<SyncCommand> Status =
        Gen.Select(Token, Gen.Int[1, int.MaxValue], Token.Array[0, 2], Gen.Byte.Array[0, 20].Null(), Gen.Int[100, 999], Items)
            .Select((id, message, refs, nonce, code, items) => (SyncCommand)new StatusCommand
            {
                CommandId = id,
                MessageRef = message,
                CommandRef = refs.Length == 0 ? "" : refs[0],
                Command = "Get",
                Code = code,
                TargetRefs = refs,
                SourceRefs = refs,
                Challenge = nonce is null ? null : new Challenge(AuthMd5.Type, nonce),
                Items = items,
            });

    private static readonly Gen<SyncCommand> Command = Gen.Recursive<SyncCommand>((depth, inner) => depth > 4 ? Simple : Gen.OneOf(
        Simple,
        Status,
        Gen.Select(Token, inner.Array[0, 3]).Select((id, commands) => (SyncCommand)new AtomicCommand(commands) { CommandId = id }),
        Gen.Select(Token, inner.Array[0, 3]).Select((id, commands) => (SyncCommand)new SequenceCommand(commands) { CommandId = id })));

    private static readonly Gen<SyncHeader> Header =
        Gen.Select(Token.Where(text => text.Length <= 32), Gen.Int[1, int.MaxValue], Token, Token.Null(), Token.Null(), Gen.Int[1, int.MaxValue].Nullable())
            .Select((session, message, uri, name, digest, size) => new SyncHeader
            {
                SessionId = session,
                MessageId = message,
                Target = uri,
                Source = uri,
                SourceName = name,
                Credential = digest is null ? null : new Credential(AuthMd5.Type, digest),
                MaxMessageSize = size,
            });

    public static readonly Gen<SyncMlMessage> Message =
        Gen.Select(Header, Command.Array[0, 5], Gen.Bool).Select((header, commands, final) => new SyncMlMessage(header, commands, final));
}

/// <summary>A few changes to bytes: overwritten, left out, doubled, cut off, or with something hostile put in.</summary>
internal sealed record Mutation((int Kind, double Place, byte Value)[] Steps)
{
    private static readonly byte[][] Hostile =
    [
        [.. "<!DOCTYPE a [<!ENTITY b 'c'>]>"u8], [.. "&b;"u8], [.. "<a:"u8], [.. "]]>"u8], [.. "<![CDATA["u8], [.. "<!--"u8], [.. "</"u8], [.. "/>"u8],
        [.. " a='"u8], [.. "&#x0;"u8], [.. "&#55555;"u8], [.. "<?xml ?>"u8], [0xEF, 0xBF, 0xBF], [0xE2, 0x82], [0xC0, 0x80], [0], [0xFF, 0xFE],
    ];

    public static readonly Gen<Mutation> Gen =
        CsCheck.Gen.Select(CsCheck.Gen.Int[0, 5], CsCheck.Gen.Double[0, 1], CsCheck.Gen.Byte).Array[1, 4].Select(steps => new Mutation(steps));

    public byte[] Apply(byte[] bytes)
    {
        foreach (var (kind, place, value) in Steps)
        {
            var at = (int)(place * Math.Max(0, bytes.Length - 1));
            var end = Math.Min(bytes.Length, at + 1 + (value % 20));
            bytes = kind switch
            {
                0 when bytes.Length > 0 => [.. bytes[..at], value, .. bytes[(at + 1)..]],
                1 => [.. bytes[..at], .. bytes[end..]],
                2 => [.. bytes[..end], .. bytes[at..]],
                3 => value == 0 ? bytes[..at] : bytes,
                _ => [.. bytes[..at], .. Hostile[value % Hostile.Length], .. bytes[at..]],
            };
        }
        return bytes;
    }
}
