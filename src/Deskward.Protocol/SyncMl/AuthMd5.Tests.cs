using Xunit;

namespace Deskward.Protocol.SyncMl;

public sealed class AuthMd5Tests
{
    [Fact]
    public void The_example_of_the_specification_gives_the_known_digest() =>
        Assert.Equal("Zz6EivR3yeaaENcRN6lpAQ==", AuthMd5.Digest(AuthMd5.Secret("Bruce2", "OhBehave"), "Nonce"u8));

    [Theory]
    [InlineData(AuthMd5.Type, "Zz6EivR3yeaaENcRN6lpAQ==", true)]
    [InlineData(AuthMd5.Type, "Zz6EivR3yeaaENcRN6lpAA==", false)]
    [InlineData(AuthMd5.Type, "", false)]
    [InlineData("syncml:auth-basic", "Zz6EivR3yeaaENcRN6lpAQ==", false)]
    public void Only_the_right_digest_of_the_right_type_matches(string type, string data, bool expected) =>
        Assert.Equal(expected, AuthMd5.Matches(new Credential(type, data), AuthMd5.Secret("Bruce2", "OhBehave"), "Nonce"u8));
}
