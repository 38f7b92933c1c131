using System.Security.Cryptography;
using Xunit;

namespace Deskward.Platform;

public sealed class ServiceKeyTests
{
    private readonly string _file = Path.Combine(Directory.CreateTempSubdirectory("deskward-key-").FullName, "service.key");

    [Fact]
    public void What_is_wrapped_can_be_read_for_the_same_purpose_only()
    {
        var key = ServiceKey.Load(_file, create: true);
        var wrapped = key.Wrap("secret"u8, "a");
        Assert.Equal("secret"u8.ToArray(), key.Unwrap(wrapped, "a"));
        Assert.Throws<AuthenticationTagMismatchException>(() => key.Unwrap(wrapped, "b"));
    }

    [Fact]
    public void The_secret_does_not_appear_in_what_is_stored() =>
        Assert.True(ServiceKey.Load(_file, create: true).Wrap("a-secret-worth-finding"u8, "p").AsSpan().IndexOf("secret"u8) < 0);

    [Fact]
    public void A_rotated_key_reads_what_the_old_one_wrapped()
    {
        var wrapped = ServiceKey.Load(_file, create: true).Wrap("secret"u8, "p");
        File.WriteAllText(_file, Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)) + "\n" + File.ReadAllText(_file));
        Assert.Equal("secret"u8.ToArray(), ServiceKey.Load(_file, create: false).Unwrap(wrapped, "p"));
    }

    [Fact]
    public void Another_key_opens_nothing()
    {
        var wrapped = ServiceKey.Load(_file, create: true).Wrap("secret"u8, "p");
        File.Delete(_file);
        var other = ServiceKey.Load(_file, create: true);
        Assert.Throws<CryptographicException>(() => other.Unwrap(wrapped, "p"));
    }

    [Fact]
    public void A_new_key_file_is_closed_to_others()
    {
        ServiceKey.Load(_file, create: true);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_file));
        File.SetUnixFileMode(_file, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        Assert.Contains("0600", Assert.Throws<InvalidDataException>(() => ServiceKey.Load(_file, create: false)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("short")]
    [InlineData("AAAA")]
    public void A_damaged_key_file_is_refused(string content)
    {
        ServiceKey.Load(_file, create: true);
        File.WriteAllText(_file, content);
        Assert.Throws<InvalidDataException>(() => ServiceKey.Load(_file, create: false));
    }
}
