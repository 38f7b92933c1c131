using Deskward.Platform;
using Xunit;

namespace Deskward.Enrollment;

public sealed class CodeTextTests
{
    private static readonly ServiceKey Key = ServiceKey.Load(Path.Combine(Directory.CreateTempSubdirectory().FullName, "service.key"), create: true);

    [Fact]
    public void A_code_is_four_groups_of_characters_that_nobody_confuses() => Assert.Matches("^([2-9A-HJ-NP-Z]{4}-){3}[2-9A-HJ-NP-Z]{4}$", CodeText.New());

    [Fact]
    public void No_two_codes_are_alike() => Assert.Equal(1000, Enumerable.Range(0, 1000).Select(_ => CodeText.New()).Distinct().Count());

    [Theory]
    [InlineData("ABCD-EFGH-JKMN-2345", "abcdefghjkmn2345")]
    [InlineData("ABCD-EFGH-JKMN-2345", " ABCD EFGH JKMN 2345\n")]
    public void Blanks_dashes_and_case_do_not_count(string code, string typed) => Assert.Equal(CodeText.Hash(Key, code), CodeText.Hash(Key, typed));

    [Theory]
    [InlineData("ABCD-EFGH-JKMN-2346")]
    [InlineData("ABCD-EFGH-JKMN-234")]
    [InlineData("ABCD-EFGH-JKMN-23455")]
    [InlineData("")]
    public void Anything_else_is_another_code(string typed) => Assert.NotEqual(CodeText.Hash(Key, "ABCD-EFGH-JKMN-2345"), CodeText.Hash(Key, typed));
}
