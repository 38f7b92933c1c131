using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;

namespace Deskward.Guards;

/// <summary>An instruction that names something.</summary>
/// <param name="Code">Its code; two-byte codes begin with FE.</param>
/// <param name="Token">The metadata token; of <see cref="LoadText"/> the place of a literal.</param>
internal readonly record struct Naming(int Code, int Token)
{
    internal const int LoadText = 0x72;
}

/// <summary>The metadata tokens that the instructions of a method body name (ECMA-335, III.1.9 and VI.C.2).</summary>
internal static class MethodBodyTokens
{
    private static readonly Dictionary<int, OperandType> Operands = typeof(OpCodes).GetFields()
        .Select(field => field.GetValue(null)).OfType<OpCode>().ToDictionary(code => (int)(ushort)code.Value, code => code.OperandType);

    internal static IEnumerable<EntityHandle> Of(BlobReader instructions) =>
        Namings(instructions).Where(naming => naming.Code != Naming.LoadText).Select(naming => (EntityHandle)MetadataTokens.Handle(naming.Token));

    internal static IReadOnlyList<Naming> Namings(BlobReader instructions)
    {
        var tokens = new List<Naming>();
        while (instructions.RemainingBytes > 0)
        {
            int code = instructions.ReadByte();
            if (code == 0xFE)
            {
                code = (code << 8) | instructions.ReadByte();
            }

            var operand = Operands[code];
            if (operand is OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineTok or OperandType.InlineType or OperandType.InlineSig or OperandType.InlineString)
            {
                tokens.Add(new Naming(code, instructions.ReadInt32()));
            }
            else
            {
                Skip(ref instructions, operand);
            }
        }

        return tokens;
    }

    private static void Skip(ref BlobReader instructions, OperandType operand)
    {
        var size = operand switch
        {
            OperandType.InlineNone => 0,
            OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
            OperandType.InlineVar => 2,
            OperandType.InlineI8 or OperandType.InlineR => 8,
            OperandType.InlineSwitch => instructions.ReadInt32() * 4,
            _ => 4,
        };
        instructions.Offset += size;
    }
}
