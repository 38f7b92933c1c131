using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Deskward.Simulator;

/// <summary>Draws that depend on the seed and a label alone: the same PC comes out on every machine and in every order.</summary>
internal readonly record struct Seed(long Value)
{
    public byte[] Bytes(string label) => SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(null, $"{Value}/{label}")));

    public string Hex(string label, int characters) => Convert.ToHexString(Bytes(label))[..characters];

    /// <summary>A number from 0 to <paramref name="below"/> - 1.</summary>
    public int Number(string label, int below) => (int)(BinaryPrimitives.ReadUInt64LittleEndian(Bytes(label)) % (uint)below);

    public T One<T>(string label, ReadOnlySpan<T> choices) => choices[Number(label, choices.Length)];

    /// <summary>Characters as they stand in serial numbers and computer names: no vowels, nothing that is easily mistaken.</summary>
    public string Code(string label, int length)
    {
        const string alphabet = "0123456789BCDFGHJKLMNPQRSTVWXYZ";
        var bytes = Bytes(label);
        return string.Create(length, bytes, (span, source) =>
        {
            for (var i = 0; i < span.Length; i++)
            {
                span[i] = alphabet[source[i] % alphabet.Length];
            }
        });
    }
}
