using System.Security.Cryptography;
using System.Text;
using Deskward.Platform;

namespace Deskward.Enrollment;

/// <summary>
/// How codes look: four groups of four out of 32 characters that nobody confuses (no 0, 1, I, O), 80 random bits. A person types them, so blanks,
/// dashes and case do not count.
/// </summary>
internal static class CodeText
{
    private const string Alphabet = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    private const int Groups = 4;
    private const int GroupLength = 4;

    internal static string New() =>
        string.Join('-', Enumerable.Range(0, Groups).Select(_ => RandomNumberGenerator.GetString(Alphabet, GroupLength)));

    /// <summary>What is stored and looked up of a code, whatever was typed.</summary>
    internal static byte[] Hash(ServiceKey key, string typed)
    {
        var plain = new StringBuilder(Groups * GroupLength);
        foreach (var character in typed.Where(char.IsAsciiLetterOrDigit).Take(Groups * GroupLength + 1))
        {
            plain.Append(char.ToUpperInvariant(character));
        }

        return key.Hash(Encoding.ASCII.GetBytes(plain.ToString()), "enrolment-code");
    }
}
