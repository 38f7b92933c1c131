using System.Net;
using System.Text;
using Deskward.Browser;
using Deskward.Fixture;
using Deskward.Platform.Duties;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Deskward.Registration;

public sealed class RegisterPageTests(Services services)
{
    public static TheoryData<Engine> Engines => new(Engine.Sqlite, Engine.Postgres);

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_thousand_PCs_with_their_hashes_are_registered_at_once(Engine engine)
    {
        var service = await services.SharedAsync(engine);
        var customer = await service.AddCustomerAsync();
        using var visitor = await PortalVisitor.NewAsync(service, customer, "rita", Role.ItAdministrator);
        using var answer = await visitor.UploadAsync("/registrations/add", "register", ("pcs.csv", Encoding.ASCII.GetBytes(File(RegistrationFile.MostLines))));
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Equal(RegistrationFile.MostLines, await service.QueryAsync(db => db.Set<RegisteredPc>().CountAsync(row => row.State != RegistrationState.Failed), customer.Id));
    }

    [Theory]
    [InlineData("Manufacturer,Model,Serial Number,Extra\nDell,Latitude,X1,1\n", "Line 1")]
    [InlineData("Manufacturer,Model,Serial Number\nDell,\"Latitude\",X1\n", "Line 2, column 6")]
    [InlineData("", "Choose a file of at most 8 MB.")]
    public async Task A_file_that_breaks_a_rule_is_refused_whole_with_its_place(string file, string says)
    {
        var service = await services.SharedAsync(Engine.Sqlite);
        var customer = await service.AddCustomerAsync();
        using var visitor = await PortalVisitor.NewAsync(service, customer, "rita", Role.ItAdministrator);
        using var answer = await visitor.UploadAsync("/registrations/add", "register", ("pcs.csv", Encoding.ASCII.GetBytes(file)));
        Assert.Contains(says, WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)), StringComparison.Ordinal);
        Assert.Equal(0, await service.QueryAsync(db => db.Set<RegisteredPc>().CountAsync(row => row.TenantId == customer.Id), customer.Id));
    }

    // More than the 4 MB that a form may have elsewhere.
    private static string File(int pcs) => string.Concat(Enumerable.Range(1, pcs).Select(number => $"X{number:D5},,{Convert.ToBase64String(new byte[3_300])}\r\n").Prepend("Device Serial Number,Windows Product ID,Hardware Hash\r\n"));
}
