using System.Diagnostics;
using System.Text;
using Deskward.Groups.Rings;
using Xunit;

namespace Deskward.Registration;

public sealed class RegistrationFileTests
{
    private static readonly string Hash = Convert.ToBase64String(new byte[3000]);

    public static TheoryData<string> Headings => [.. RegistrationFile.Headings.Select(heading => string.Join(',', heading))];

    [Theory]
    [MemberData(nameof(Headings))]
    public void Every_published_line_of_headings_is_taken_and_serials_keep_their_zeros(string heading)
    {
        var cells = heading.Split(',').Select(name => name.Contains("Serial", StringComparison.Ordinal) ? "000123" : name == RegistrationFile.Hash ? Hash : name == RegistrationFile.Tag ? "Microsoft365Managed_Kiosk-Shared" : "x");
        var line = Assert.Single(RegistrationFile.Read(Bytes($"{heading}\r\n{string.Join(',', cells)}\r\n")).Value!);
        Assert.Equal((2, "000123"), (line.Line, line.Serial));
        var (wish, error) = RegistrationRules.Check(line, new RegistrationWish(DeviceProfile.Standard, false, null));
        Assert.Null(error);
        Assert.Equal(heading.Contains(RegistrationFile.Tag, StringComparison.Ordinal) ? (DeviceProfile.Kiosk, true) : (DeviceProfile.Standard, false), (wish.Profile, wish.IsShared));
    }

    [Theory]
    [InlineData("manufacturer,Model,Serial Number\nDell,X,1", 1, 1, "must be 'Manufacturer', to the letter")]
    [InlineData("Manufacturer,Model,Serial number\nDell,X,1", 1, 20, "must be 'Serial Number'")]
    [InlineData("Manufacturer,Model\nDell,X", 1, 20, "'Serial Number' is missing")]
    [InlineData("Manufacturer,Model,Serial Number,Hardware Hash,Order\nDell,X,1,,", 1, 48, "none of the published")]
    [InlineData("Manufacturer, Model,Serial Number\nDell,X,1", 1, 14, "must be 'Model'")]
    [InlineData("Manufacturer,Model,Serial Number\nDell,X,1,2", 2, 10, "a cell more than the 3")]
    [InlineData("Manufacturer,Model,Serial Number\nDell,X", 2, 7, "'Serial Number' is missing")]
    [InlineData("Manufacturer,Model,Serial Number\nDell,\"X\",1", 2, 6, "quotation mark")]
    [InlineData("Manufacturer,Model,Serial Number\nDell,Büro,1", 2, 7, "Unicode")]
    [InlineData("\uFEFFManufacturer,Model,Serial Number\nDell,X,1", 1, 1, "Unicode")]
    [InlineData("Manufacturer,Model,Serial Number\nDell,X\u0007,1", 2, 7, "no text")]
    public void A_file_that_breaks_a_rule_is_refused_whole_with_line_and_column(string file, int line, int column, string why)
    {
        var refusal = RegistrationFile.Read(Bytes(file)).Refusal!.Message;
        Assert.StartsWith($"Line {line}, column {column}: ", refusal, StringComparison.Ordinal);
        Assert.Contains(why, refusal, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    public void Other_encodings_of_Unicode_are_told_as_such(string encoding)
    {
        var coded = Encoding.GetEncoding(encoding);
        Assert.Contains("Unicode", RegistrationFile.Read((byte[])[.. coded.GetPreamble(), .. coded.GetBytes("Manufacturer,Model,Serial Number\nDell,X,1")]).Refusal!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_letter_of_ANSI_is_text() =>
        Assert.Equal("Büro", Assert.Single(RegistrationFile.Read(Encoding.Latin1.GetBytes("Manufacturer,Model,Serial Number\nDell,Büro,1")).Value!).Model);

    [Theory]
    [InlineData("1", "not base64!", null, 3, "hardware hash")]
    [InlineData("1", "QUJD", null, 3, "hardware hash")]
    [InlineData("To be filled by O.E.M.", null, null, 1, "no serial number")]
    [InlineData("", null, null, 1, "no serial number")]
    [InlineData("1", null, "Microsoft365Managed_PowerUser-Shared", 4, "power users")]
    [InlineData("1", null, "microsoft365managed_Kiosk", 4, "no device profile")]
    [InlineData("1", null, "Deskward_Standard_Kiosk", 4, "no device profile")]
    public void What_is_wrong_with_one_PC_is_told_of_it_alone(string serial, string? hash, string? tag, int cell, string why)
    {
        string[] cells = [serial, "p", hash ?? "", tag ?? ""];
        var line = Assert.Single(RegistrationFile.Read(Bytes($"{string.Join(',', RegistrationFile.Headings[3])}\n{string.Join(',', cells)}")).Value!);
        var (_, error) = RegistrationRules.Check(line, new RegistrationWish(DeviceProfile.Standard, false, null));
        Assert.Contains(why, error!.Message, StringComparison.Ordinal);
        Assert.Equal(cells.Take(cell - 1).Sum(text => text.Length + 1) + 1, error.Column);
    }

    [Theory]
    [InlineData(",")]
    [InlineData("a,")]
    [InlineData("\n")]
    [InlineData("x")]
    public void What_is_long_costs_no_more_than_its_length(string part)
    {
        var clock = Stopwatch.StartNew();
        Assert.NotNull(RegistrationFile.Read(Bytes("Manufacturer,Model,Serial Number\n" + string.Concat(Enumerable.Repeat(part, 2_000_000)))).Refusal);
        Assert.NotNull(RegistrationFile.Read(new byte[50 * 1024 * 1024]).Refusal);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5), $"{clock.Elapsed}");
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    [Theory]
    [InlineData("Kiosk", "", true)]
    [InlineData("", "Broad", true)]
    [InlineData("1", "", false)]
    [InlineData("Standard", "Rocket", false)]
    [InlineData("kiosk", "Broad", false)]
    public void Only_a_profile_and_a_ring_that_the_form_offers_are_taken(string profile, string ring, bool taken) => Assert.Equal(taken, RegistrationRules.Chosen(profile, ring) is not null);
}
